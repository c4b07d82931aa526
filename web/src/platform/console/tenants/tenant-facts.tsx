import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { formatShort } from "@/kernel/time";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";

import type { TenantRecord } from "../types";
import { word } from "../word";

export function TenantFacts({ tenant }: { tenant: TenantRecord }) {
  const account =
    tenant.account_id === null ? (
      t`Internal`
    ) : (
      <Link
        key="account"
        to="/console/accounts/$accountId"
        params={{ accountId: tenant.account_id }}
        className="text-link hover:underline"
      >
        {tenant.account_name ?? tenant.account_id}
      </Link>
    );
  return (
    <Facts
      dense
      facts={[
        ...(tenant.suspended_reason === null ? [] : [[<Trans key="w">Suspended because</Trans>, tenant.suspended_reason] as const]),
        ...(tenant.maintenance_note === null ? [] : [[<Trans key="n">Under maintenance</Trans>, tenant.maintenance_note] as const]),
        [<Trans key="a">Client account</Trans>, account],
        [<Trans key="s">Short name</Trans>, <code key="slug" className="font-mono">{tenant.slug}</code>],
        [<Trans key="t">Tier</Trans>, word(tenant.tier)],
        [<Trans key="e">Environment</Trans>, word(tenant.environment)],
        [<Trans key="k">Kind</Trans>, word(tenant.app_kind)],
        [<Trans key="d">Database</Trans>, tenant.placement === "dedicated" ? t`Its own` : t`Shared`],
        [<Trans key="u">Subdomain</Trans>, noted(tenant.subdomain)],
        [<Trans key="c">Domain</Trans>, noted(tenant.custom_domain)],
        [<Trans key="b">Sandbox</Trans>, tenant.is_sandbox ? t`Yes` : t`No`],
        [<Trans key="p">People, with participants</Trans>, tenant.member_count],
        [<Trans key="m">Created</Trans>, formatShort(tenant.created_at)],
        [<Trans key="i">Id</Trans>, <CopyId key="id" value={tenant.id} />],
      ]}
    />
  );
}

/** No request is routed by these: they say what a proxy in front was told, or is to be told. */
function noted(address: string | null): string {
  return address === null ? "–" : t`${address} (noted only)`;
}
