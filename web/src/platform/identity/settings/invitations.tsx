import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import type { Invitation } from "@/kernel/api-types";
import { remove } from "@/kernel/client";
import { useKeysetList } from "@/kernel/list";
import { formatShort } from "@/kernel/time";
import { Badge, plainTone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Section } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { useUndoable } from "@/ui/use-undoable";

import { roleWords } from "./role-words";
import { useRoles } from "./use-roles";

const path = "/invitations";
const key = [path];

/** Who is asked to join and has not answered; nothing at all when nobody is. */
export function Invitations() {
  const drop = useUndoable(key);
  const open = useKeysetList<Invitation>(path, {});
  const roles = useRoles().data?.items ?? [];
  const names = (ids: readonly string[]) =>
    roleWords(roles.filter((role) => ids.includes(role.id)).map((role) => role.name));
  if (open.rows.length === 0 && open.error === null) return null;
  return (
    <Section title={<Trans>Invitations</Trans>}>
      <RecordList<Invitation>
        path={path}
        empty={null}
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
