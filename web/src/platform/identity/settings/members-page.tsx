import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { UserPlus } from "lucide-react";
import { useState } from "react";

import type { Member } from "@/kernel/api-types";
import { useCommands } from "@/kernel/commands";
import { useWanted } from "@/kernel/making";
import { useMe } from "@/kernel/me";
import { may } from "@/kernel/modules";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { PageHead, Section } from "@/ui/page";

import { permissions } from "../permissions";
import { EraseDialog } from "./erase-dialog";
import { Invitations } from "./invitations";
import { InviteDialog } from "./invite-dialog";
import { MemberList } from "./member-list";
import { memberName } from "./member-name";
import { MemberRolesDialog } from "./member-roles-dialog";
import { MembersData } from "./members-data";

export function MembersPage() {
  useTitle(t`Members`);
  const [inviting, setInviting] = useState(useWanted("/settings/members"));
  const [changing, setChanging] = useState<Member | null>(null);
  const [erasing, setErasing] = useState<Member | null>(null);
  const me = useMe();
  const mayErase = me !== undefined && may(me, ...permissions.erase);
  useCommands("members", [
    { id: "invite", label: t`Invite a colleague`, key: "i", group: t`Members`, run: () => setInviting(true) },
  ]);
  return (
    <>
      <PageHead
        title={<Trans>Members</Trans>}
        actions={
          <Button tone="primary" shortcut="i" icon={<UserPlus size={13} aria-hidden />} onClick={() => setInviting(true)}>
            <Trans>Invite</Trans>
          </Button>
        }
      />
      <Invitations />
      <Section>
        <MemberList onRoles={setChanging} onErase={setErasing} />
      </Section>
      {mayErase && <MembersData />}
      <InviteDialog open={inviting} onClose={() => setInviting(false)} />
      {erasing !== null && (
        <EraseDialog member={{ id: erasing.id, name: memberName(erasing) }} onClose={() => setErasing(null)} />
      )}
      {changing !== null && <MemberRolesDialog member={changing} onClose={() => setChanging(null)} />}
    </>
  );
}
