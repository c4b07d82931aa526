import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import type { Member } from "@/kernel/api-types";
import { patch } from "@/kernel/client";
import type { Problem } from "@/kernel/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import { memberName } from "./member-name";
import { RolePicker } from "./role-picker";

export function MemberRolesDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const name = memberName(member);
  const [roles, setRoles] = useState(member.roles.map((role) => role.id));
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = useAct({
    work: () => patch(`/members/${member.id}`, { role_ids: roles }, { version: member.version }),
    refresh: [["/members"], ["me"]],
    done: () => t`Roles of ${name} saved`,
    refused: t`The roles stay as they were`,
    onDone: onClose,
    onRefused: setProblem,
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Roles of {name}</Trans>}>
      <RolePicker chosen={roles} onChange={setRoles} />
      <div className="mt-13">
        <FormRefusal message={problem?.said} />
      </div>
      <DialogActions>
        <Button
          tone="primary"
          size="normal"
          busy={save.isPending}
          disabled={roles.length === 0}
          onClick={() => save.mutate()}
        >
          <Trans>Save</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
