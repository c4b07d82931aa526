import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import type { Problem } from "@/kernel/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import { RolePicker } from "./role-picker";

export function InviteDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [email, setEmail] = useState("");
  const [roles, setRoles] = useState<string[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const invite = useAct({
    work: () => post("/invitations", { email: email.trim(), role_ids: roles }),
    refresh: [["/invitations"]],
    done: () => t`${email} is invited`,
    refused: t`No invitation was sent`,
    onDone: () => {
      setEmail("");
      setRoles([]);
      setProblem(null);
      onClose();
    },
    onRefused: setProblem,
  });
  return (
    <Dialog open={open} onClose={onClose} title={<Trans>Invite somebody</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          invite.mutate();
        }}
      >
        <TextField
          label={t`E-mail`}
          type="email"
          hint={t`The invitation works for this address only.`}
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <RolePicker chosen={roles} onChange={setRoles} />
        <FormRefusal message={problem?.said} />
        <DialogActions>
          <Button
            tone="primary"
            size="normal"
            type="submit"
            busy={invite.isPending}
            disabled={!email.includes("@") || roles.length === 0}
          >
            <Trans>Send invitation</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
