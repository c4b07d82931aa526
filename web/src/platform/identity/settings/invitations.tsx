import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import type { Invitation } from "@/kernel/api-types";
import { remove } from "@/kernel/client";
import { formatShort } from "@/kernel/time";
import { Badge, plainTone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Section } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { useUndoable } from "@/ui/use-undoable";

import { useRoles } from "./use-roles";

const key = ["/invitations"];

export function Invitations() {
  const drop = useUndoable(key);
  const roles = useRoles().data?.items ?? [];
  const names = (ids: readonly string[]) =>
    roles
      .filter((role) => ids.includes(role.id))
      .map((role) => role.name)
      .join(", ");
  return (
    <Section title={<Trans>Invitations</Trans>}>
      <RecordList<Invitation>
        path="/invitations"
        empty={
          <p className="p-21 text-12 text-muted">
            <Trans>No invitation is open.</Trans>
          </p>
        }
        row={(invitation) => (
          <Line
            title={invitation.email}
            detail={
              <>
                <span>{names(invitation.role_ids)}</span>
                <span>
                  <Trans>ends {formatShort(invitation.expires_at)}</Trans>
                </span>
              </>
            }
            state={<Badge tone={plainTone(invitation.state)}>{invitation.state}</Badge>}
            actions={
              invitation.state === "pending" && (
                <Button
                  onClick={() =>
                    drop({
                      id: invitation.id,
                      done: t`Invitation of ${invitation.email} withdrawn`,
                      refused: t`The invitation stays open`,
                      work: () => remove(`/invitations/${invitation.id}`),
                    })
                  }
                >
                  <Trans>Withdraw</Trans>
                </Button>
              )
            }
          />
        )}
      />
    </Section>
  );
}
