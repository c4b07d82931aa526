import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post, postFile } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, inputClass, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function kindWords() {
  return [
    { value: "file", label: t`A file` },
    { value: "campaign", label: t`A campaign` },
    { value: "commitment", label: t`A commitment` },
    { value: "refund", label: t`A refund` },
    { value: "payout", label: t`A payment to the supplier` },
    { value: "transfer", label: t`A transfer of the ledger` },
    { value: "instruction", label: t`An instruction to the provider` },
    { value: "observation", label: t`Something seen at the provider` },
    { value: "statement_break", label: t`A difference on a statement` },
    { value: "message", label: t`A message` },
  ];
}

/** A file is uploaded first and then pointed at; a record is pointed at by its id. */
export function AddEvidence({ exceptionId, onClose }: { exceptionId: string; onClose: () => void }) {
  const [kind, setKind] = useState("file");
  const [file, setFile] = useState<File | null>(null);
  const [pointer, setPointer] = useState("");
  const [note, setNote] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const add = useAct({
    work: async () => {
      const stored =
        kind === "file" && file !== null
          ? await postFile<{ id: string }>("/files", file, { purpose: "campaign_exception_evidence", name: file.name })
          : { id: pointer.trim() };
      return post(`/campaign-exceptions/${exceptionId}/evidence`, { kind, pointer: stored.id, note: note.trim() });
    },
    refresh: [["/campaign-exceptions"]],
    done: () => t`Evidence added`,
    refused: t`The evidence was not added`,
    onDone: onClose,
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  const ready = note.trim() !== "" && (kind === "file" ? file !== null : uuid.test(pointer.trim()));
  return (
    <Dialog open onClose={onClose} title={<Trans>Add evidence</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) add.mutate();
        }}
      >
        <Field label={t`What it is`}>
          {({ id }) => <Select id={id} value={kind} choices={kindWords()} onChange={setKind} />}
        </Field>
        {kind === "file" ? (
          <Field label={t`File`}>
            {(wires) => (
              <input {...wires} type="file" className={`${inputClass} h-44 py-8`} onChange={(event) => setFile(event.target.files?.[0] ?? null)} />
            )}
          </Field>
        ) : (
          <TextField label={t`Id of the record`} value={pointer} onChange={(event) => setPointer(event.target.value)} />
        )}
        <TextField label={t`What it shows`} maxLength={200} value={note} onChange={(event) => setNote(event.target.value)} />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" busy={add.isPending} disabled={!ready}>
            <Trans>Add</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
