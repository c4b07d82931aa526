import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextArea, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import { categoryWords, choicesOf, severityWords } from "./words";

export function OpenException({ onClose }: { onClose: () => void }) {
  const [category, setCategory] = useState("delivery_failure");
  const [severity, setSeverity] = useState("medium");
  const [title, setTitle] = useState("");
  const [detail, setDetail] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const open = useAct({
    work: () => {
      const body = { category, severity, title: title.trim(), detail: detail.trim() };
      return post("/campaign-exceptions", body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/campaign-exceptions"]],
    done: () => t`Exception opened`,
    refused: t`No exception was opened`,
    onDone: onClose,
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Open an exception</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          open.mutate();
        }}
      >
        <TextField label={t`What went wrong`} maxLength={200} value={title} onChange={(event) => setTitle(event.target.value)} />
        <div className="grid gap-21 sm:grid-cols-2">
          <Field label={t`Category`}>
            {({ id }) => <Select id={id} value={category} choices={choicesOf(categoryWords())} onChange={setCategory} />}
          </Field>
          <Field label={t`Severity`}>
            {({ id }) => <Select id={id} value={severity} choices={choicesOf(severityWords())} onChange={setSeverity} />}
          </Field>
        </div>
        <TextArea label={t`What is known`} rows={4} maxLength={2000} value={detail} onChange={(event) => setDetail(event.target.value)} />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button
            tone="primary"
            size="normal"
            type="submit"
            busy={open.isPending}
            disabled={title.trim() === "" || detail.trim() === ""}
          >
            <Trans>Open it</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
