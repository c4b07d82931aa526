import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import type { ExceptionRecord } from "./types";
import { choicesOf, exceptionStateWords, severityWords } from "./words";

interface MoveExceptionProps {
  exception: ExceptionRecord;
  step: ExceptionRecord["steps"][number];
  onClose: () => void;
}

export function MoveException({ exception, step, onClose }: MoveExceptionProps) {
  const [note, setNote] = useState("");
  const [severity, setSeverity] = useState(exception.severity);
  const [refusal, setRefusal] = useState<string>();
  const given = note.trim();
  const move = useAct({
    work: () =>
      post(`/campaign-exceptions/${exception.id}/move`, {
        step: step.name,
        ...(given === "" ? {} : { note: given }),
        ...(step.name === "triage" && severity !== exception.severity ? { severity } : {}),
      }),
    refresh: [["/campaign-exceptions"]],
    done: () => `${exception.title}: ${exceptionStateWords()[step.target] ?? step.target}`,
    refused: t`The exception stays as it was`,
    onDone: onClose,
    onRefused: (problem) => setRefusal(problem.said),
  });
  return (
    <Dialog open onClose={onClose} title={step.label}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          move.mutate();
        }}
      >
        <p className="text-16">{exception.title}</p>
        <p className="label">
          <Trans>What it needs: {step.guard}</Trans>
        </p>
        {step.name === "triage" && (
          <Field label={t`Severity`}>
            {({ id }) => <Select id={id} value={severity} choices={choicesOf(severityWords())} onChange={setSeverity} />}
          </Field>
        )}
        <TextArea
          label={step.name === "resolve" ? t`What was done` : t`Note`}
          hint={t`It stays in the register.`}
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={move.isPending} disabled={step.name === "resolve" && given === ""}>
            {step.label}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
