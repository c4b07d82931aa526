import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import type { Member } from "@/kernel/api-types";
import { useKeysetList } from "@/kernel/list";
import { Section } from "@/ui/page";

import { DataRequests, erasures } from "./data-requests";
import { memberName } from "./member-name";
import type { DataRequest } from "./personal-data-types";

/** Erasures of members that wait, and what became of those that are done; nothing while there is none. */
export function MembersData() {
  const requests = useKeysetList<DataRequest>(erasures, {}).rows;
  const members = useKeysetList<Member>("/members", {}).rows;
  if (requests.length === 0) return null;
  const named = ({ user_id: userId, state }: DataRequest) => {
    const member = members.find((each) => each.user_id === userId);
    if (member !== undefined) return memberName(member);
    return state === "done" ? t`Former member` : t`Somebody of this organisation`;
  };
  return (
    <Section title={<Trans>Erasures of personal data</Trans>}>
      <DataRequests requests={requests} who={named} />
    </Section>
  );
}
