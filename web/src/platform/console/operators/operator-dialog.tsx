import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { patch, post } from "@/kernel/client";
import type { Problem } from "@/kernel/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { Grant, Operator } from "../types";
import { GrantsEditor } from "./grants-editor";

interface OperatorDialogProps {
  /** The operator to change; null invites a new one. */
  operator: Operator | null;
  onClose: () => void;
}

export function OperatorDialog({ operator, onClose }: OperatorDialogProps) {
  const [email, setEmail] = useState(operator?.email ?? "");
  const [name, setName] = useState(operator?.display_name ?? "");
  const [grants, setGrants] = useState<Grant[]>(operator?.grants ?? []);
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = useAct({
    work: () =>
      operator === null
        ? post("/admin/operators", { email: email.trim(), display_name: name.trim(), grants })
        : patch(
            `/admin/operators/${operator.id}`,
            { display_name: name.trim(), grants },
            { version: operator.version },
          ),
    refresh: [["/admin/operators"]],
    done: () => (operator === null ? t`${email.trim()} is invited` : t`Rights of ${name} saved`),
    refused: operator === null ? t`Nobody was invited` : t`The rights stay as they were`,
    onDone: onClose,
    onRefused: setProblem,
  });
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={operator === null ? <Trans>Invite an operator</Trans> : <Trans>Rights of {operator.display_name}</Trans>}
    >
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <div className="grid gap-21 sm:grid-cols-2">
          <TextField
            label={t`E-mail`}
            type="email"
            autoFocus={operator === null}
            disabled={operator !== null}
            hint={t`A link is sent there, good for 24 hours. Never a password.`}
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
          <TextField label={t`Name`} value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
        </div>
        <GrantsEditor grants={grants} onChange={setGrants} />
        <FormRefusal message={problem === null ? undefined : (problem.errors[0]?.hint ?? problem.said)} />
        <DialogActions>
          <Button
            tone="primary"
            size="normal"
            type="submit"
            busy={save.isPending}
            disabled={!email.includes("@") || name.trim() === ""}
          >
            {operator === null ? <Trans>Send the link</Trans> : <Trans>Save</Trans>}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
