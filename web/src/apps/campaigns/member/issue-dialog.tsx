import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post, postFile } from "@/kernel/client";
import { asProblem } from "@/kernel/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, inputClass, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { sayRefused } from "@/ui/toast";
import { useAct } from "@/ui/use-act";

import { categories } from "../issues/words";
import type { Commitment } from "../types";

const kinds = "image/jpeg,image/png,image/webp,application/pdf";
const most = 20 * 1_048_576;

/** Gives a file to an issue that is reported already; one that is refused does not take the report back. */
async function giveFile(issueId: string, file: File): Promise<void> {
  try {
    const stored = await postFile<{ id: string }>("/files", file, { purpose: "campaign_evidence", name: file.name });
    await post(`/issues/${issueId}/evidence`, { file_id: stored.id });
  } catch (error) {
    sayRefused(t`The issue is reported, but its file was not taken`, asProblem(error).said);
  }
}

export function IssueDialog({ commitment, onClose }: { commitment: Commitment; onClose: () => void }) {
  const [category, setCategory] = useState("not_received");
  const [text, setText] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const tooLarge = file !== null && file.size > most;
  const report = useAct({
    work: async () => {
      const issue = await post<{ id: string }>(`/commitments/${commitment.id}/issues`, { category, text: text.trim() });
      if (file !== null) await giveFile(issue.id, file);
    },
    refresh: [["/commitments", commitment.id]],
    done: () => t`Reported: you are told by mail what is decided`,
    refused: t`The issue was not reported`,
    onDone: onClose,
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Report an issue</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          report.mutate();
        }}
      >
        <Field label={t`What it concerns`}>
          {({ id }) => (
            <Select
              id={id}
              value={category}
              choices={categories()}
              onChange={setCategory}
            />
          )}
        </Field>
        <TextArea
          label={t`What happened`}
          rows={5}
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Field
          label={t`A picture or a PDF of it`}
          optional={t`optional`}
          hint={t`JPEG, PNG, WebP or PDF of at most 20 MB. The organiser sees it.`}
          error={tooLarge ? t`The file is larger than 20 MB` : undefined}
        >
          {(wires) => (
            <input {...wires} type="file" accept={kinds} className={`${inputClass} h-44 py-8`} onChange={(event) => setFile(event.target.files?.[0] ?? null)} />
          )}
        </Field>
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" busy={report.isPending} disabled={text.trim() === "" || tooLarge}>
            <Trans>Report</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
