import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { UserPlus } from "lucide-react";
import { useState } from "react";

import type { Member } from "@/kernel/api-types";
import { useCommands } from "@/kernel/commands";
import { remove } from "@/kernel/client";
import { useMe } from "@/kernel/me";
import { formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Badge, plainTone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { PageHead, Section } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";
import { useUndoable } from "@/ui/use-undoable";

import { Invitations } from "./invitations";
import { InviteDialog } from "./invite-dialog";
import { memberName } from "./member-name";
import { MemberRolesDialog } from "./member-roles-dialog";

const key = ["/members"];

export function MembersPage() {
  useTitle(t`Members`);
  const [inviting, setInviting] = useState(false);
  const [changing, setChanging] = useState<Member | null>(null);
  const drop = useUndoable(key);
  const me = useMe();
  useCommands("members", [
    { id: "invite", label: t`Invite somebody`, key: "i", group: t`Members`, run: () => setInviting(true) },
  ]);
  const invite = (
    <Button tone="primary" shortcut="i" icon={<UserPlus size={13} aria-hidden />} onClick={() => setInviting(true)}>
      <Trans>Invite</Trans>
    </Button>
  );
  return (
    <div className="max-w-1000">
      <PageHead title={<Trans>Members</Trans>} actions={invite} />
      <Section>
        <RecordList<Member>
          path="/members"
          empty={<EmptyState title={<Trans>Nobody here yet</Trans>} action={invite} />}
          row={(member) => (
            <Line
              title={memberName(member)}
              detail={
                <>
                  <span>{member.email}</span>
                  <span>{member.roles.map((role) => role.name).join(", ")}</span>
                  <span>
                    <Trans>since {formatShort(member.joined_at)}</Trans>
                  </span>
                </>
              }
              state={<Badge tone={plainTone(member.status)}>{member.status}</Badge>}
              actions={
                <>
                  <Button onClick={() => setChanging(member)}>
                    <Trans>Roles</Trans>
                  </Button>
                  {member.user_id !== me?.user.id && (
                    <Button
                      tone="danger"
                      onClick={() =>
                        drop({
                          id: member.id,
                          done: t`${memberName(member)} is no longer a member`,
                          refused: t`${memberName(member)} stays a member`,
                          work: () => remove(`/members/${member.id}`),
                        })
                      }
                    >
                      <Trans>Remove</Trans>
                    </Button>
                  )}
                </>
              }
            />
          )}
        />
      </Section>
      <Invitations />
      <InviteDialog open={inviting} onClose={() => setInviting(false)} />
      {changing !== null && <MemberRolesDialog member={changing} onClose={() => setChanging(null)} />}
    </div>
  );
}
