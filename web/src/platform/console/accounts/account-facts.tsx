import { Trans } from "@lingui/react/macro";

import { formatDay, formatShort } from "@/kernel/time";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";

import type { Account } from "../types";
import { word } from "../word";
import { contractValue } from "./columns";

const day = (on: string | null) => (on === null ? "–" : formatDay(on));

export function AccountFacts({ account }: { account: Account }) {
  return (
    <Facts
      dense
      facts={[
        [<Trans key="c">Contract</Trans>, account.contract_kind === null ? "–" : word(account.contract_kind)],
        [<Trans key="v">Value</Trans>, contractValue(account)],
        [<Trans key="s">Starts on</Trans>, day(account.contract_starts_on)],
        [<Trans key="e">Ends on</Trans>, day(account.contract_ends_on)],
        [<Trans key="t">Tenants</Trans>, account.tenant_count],
        [<Trans key="a">Of these active</Trans>, account.active_tenant_count],
        [<Trans key="p">People</Trans>, account.member_count],
        [<Trans key="m">Created</Trans>, formatShort(account.created_at)],
        [<Trans key="i">Id</Trans>, <CopyId key="id" value={account.id} />],
      ]}
    />
  );
}
