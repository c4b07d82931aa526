import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post, postFile } from "@/kernel/client";
import { fromLocalField, zoneHere } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, inputClass, TextArea, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { Milestone } from "./types";

const kinds = "image/jpeg,image/png,image/webp,application/pdf";
const most = 20 * 1_048_576;

/** A file is uploaded first and then given as evidence; the supplier and organisers may. */
export function GiveEvidence({ milestone, refresh, onClose }: { milestone: Milestone; refresh: readonly string[][]; onClose: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [note, setNote] = useState("");
  const [taken, setTaken] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const zone = zoneHere();
  const tooLarge = file !== null && file.size > most;
  const give = useAct({
    work: async () => {
      if (file === null) throw new Error("the button waits for a file");
      const stored = await postFile<{ id: string }>("/files", file, { purpose: "campaign_evidence", name: file.name });
      return post(`/milestones/${milestone.id}/evidence`, {
        file_id: stored.id,
        note: note.trim() === "" ? null : note.trim(),
        taken_at: taken === "" ? null : fromLocalField(taken),
      });
    },
    refresh,
    done: () => t`Evidence given`,
    refused: t`The evidence was not taken`,
    onDone: onClose,
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Evidence for “{milestone.title}”</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (file !== null && !tooLarge) give.mutate();
        }}
      >
        <p className="text-16 text-pretty">
          <Trans>It is kept as it is and cannot be taken back. Members read its name and note; the organisation opens it.</Trans>
        </p>
        <Field
          label={t`File`}
          hint={t`A picture (JPEG, PNG, WebP) or a PDF of at most 20 MB. Each file proves one thing only.`}
          error={tooLarge ? t`The file is larger than 20 MB` : undefined}
        >
          {(wires) => (
            <input {...wires} type="file" accept={kinds} className={`${inputClass} h-44 py-8`} onChange={(event) => setFile(event.target.files?.[0] ?? null)} />
          )}
        </Field>
        <TextArea label={t`What it shows`} optional={t`optional`} maxLength={2000} value={note} onChange={(event) => setNote(event.target.value)} />
        <TextField
          label={t`When it was taken`}
          optional={t`optional`}
          type="datetime-local"
          hint={t`In your time zone, ${zone}.`}
          value={taken}
          onChange={(event) => setTaken(event.target.value)}
        />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={give.isPending} disabled={file === null || tooLarge}>
            <Trans>Give as evidence</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
