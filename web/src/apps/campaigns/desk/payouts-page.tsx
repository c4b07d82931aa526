import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import { useTitle } from "@/kernel/title";
import { WorkList } from "@/ui/table/work-list";

import { WaitsDialog } from "../waits";
import { DeskHead } from "./desk-head";
import { payoutColumns } from "./payout-columns";
import { PayoutDrawer } from "./payout-drawer";
import { RetryPayout } from "./retry-payout";
import { SupplierIdentities } from "./supplier-identities";
import type { Payout } from "./types";
import { WaitingReleases } from "./waiting-releases";
import { choicesOf, payoutStateWords } from "./words";

const route = getRouteApi("/app/desk/payouts");

/** Payments to suppliers: what waits to be approved, what was refused, what has arrived. */
export function PayoutsPage() {
  useTitle(t`Payments to suppliers`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const columns = useMemo(() => payoutColumns(), []);
  const [retrying, setRetrying] = useState<Payout | null>(null);
  const [waiting, setWaiting] = useState<string | null>(null);
  return (
    <>
      <DeskHead
        title={<Trans>Payments to suppliers</Trans>}
        below={<Trans>What a release instructed. A refused or returned payment stays due until it is instructed again.</Trans>}
      />
      <WaitingReleases />
      <SupplierIdentities />
      <WorkList<Payout>
        name="payouts"
        label={t`Payments to suppliers`}
        path="/campaign-payouts"
        module="campaigns"
        columns={columns}
        views={[
          { name: t`Refused or returned`, search: { state: "failed" } },
          { name: t`Under way`, search: { state: "instructed" } },
          { name: t`Arrived`, search: { state: "confirmed" } },
          { name: t`All`, search: {} },
        ]}
        filters={[{ id: "state", label: t`State`, choices: choicesOf(payoutStateWords()) }]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        rowId={(row) => row.id}
        rowLabel={(row) => row.campaign_reference}
        drawer={(row) => <PayoutDrawer payout={row} onRetry={() => setRetrying(row)} />}
        empty={{
          title: <Trans>No payment here</Trans>,
          text: <Trans>A release of escrow instructs one, after the inspection.</Trans>,
        }}
      />
      {retrying !== null && <RetryPayout payout={retrying} onClose={() => setRetrying(null)} onWaiting={setWaiting} />}
      {waiting !== null && <WaitsDialog approvalId={waiting} onClose={() => setWaiting(null)} />}
    </>
  );
}
