import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import type { Member } from "@/kernel/api-types";
import { useMe } from "@/kernel/me";
import { may } from "@/kernel/modules";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";

import { permissions } from "../permissions";
import { memberName } from "./member-name";
import { roleWords } from "./role-words";

interface MemberPeekProps {
  member: Member;
  self: boolean;
  onRoles: () => void;
  onRemove: () => void;
  onErase: () => void;
}

/** Who somebody is here, and what may be done about it. */
export function MemberPeek({ member, self, onRoles, onRemove, onErase }: MemberPeekProps) {
  const me = useMe();
  return (
    <div className="flex flex-col gap-13">
      <h2 className="pr-34 text-20 font-semibold break-words">{memberName(member)}</h2>
      <Facts
        dense
        facts={[
          [<Trans key="n">E-mail</Trans>, <span key="v" className="break-all">{member.email ?? t`erased`}</span>],
          [<Trans key="n">Roles</Trans>, roleWords(member.roles.map((role) => role.name))],
          [<Trans key="n">Member since</Trans>, formatInstant(member.joined_at)],
          [<Trans key="n">Id</Trans>, <CopyId key="v" value={member.id} />],
        ]}
      />
      <div className="flex flex-wrap gap-8">
        <Button onClick={onRoles}>
          <Trans>Change roles</Trans>
        </Button>
        {!self && (
          <Button tone="danger" onClick={onRemove}>
            <Trans>Remove</Trans>
          </Button>
        )}
        {!self && me !== undefined && may(me, ...permissions.erase) && (
          <Button tone="danger" onClick={onErase}>
            <Trans>Erase their data</Trans>
          </Button>
        )}
      </div>
    </div>
  );
}
