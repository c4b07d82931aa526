import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";

import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";
import { WorkList } from "@/ui/table/work-list";

import { permissions } from "../permissions";
import { WaitsDialog } from "../waits";
import { CampaignLink } from "./belongs";
import { DeskHead } from "./desk-head";
import { actionColumns, ActionState } from "./provider-action-columns";
import type { ProviderAction } from "./types";
import { actionStateWords, actionWords, choicesOf } from "./words";

const BearRefund = lazy(() => import("./bear-refund").then((file) => ({ default: file.BearRefund })));
const route = getRouteApi("/app/desk/provider-actions");

/** What somebody did in the provider's own dashboard: mirrored where it fits, an exception where not. */
export function ProviderActionsPage() {
  useTitle(t`Done at the provider`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const columns = useMemo(() => actionColumns(), []);
  const may = useCan()(...permissions.settle);
  const [lost, setLost] = useState<ProviderAction | null>(null);
  const [waiting, setWaiting] = useState<string | null>(null);
  return (
    <>
      <DeskHead
        title={<Trans>Done at the provider</Trans>}
        below={<Trans>What happened there without an instruction of ours: in its own dashboard, or by a bank.</Trans>}
      />
      <WorkList<ProviderAction>
        name="provider-actions"
        label={t`Done at the provider`}
        path="/campaign-provider-actions"
        module="campaigns"
        columns={columns}
        views={[
          { name: t`All`, search: {} },
          { name: t`Not mirrored`, search: { state: "unmirrored" } },
          { name: t`Waiting`, search: { state: "open" } },
          { name: t`Mirrored`, search: { state: "mirrored" } },
        ]}
        filters={[{ id: "state", label: t`In our books`, choices: choicesOf(actionStateWords()) }]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        rowId={(row) => row.id}
        rowLabel={(row) => row.reference}
        drawer={(row) => <ActionDrawer action={row} {...(may ? { onBear: () => setLost(row) } : {})} />}
        empty={{
          title: <Trans>Nothing was done without us</Trans>,
          text: <Trans>A refund or a dispute that begins at the provider appears here and in the books.</Trans>,
        }}
      />
      <Suspense>{lost !== null && <BearRefund action={lost} onClose={() => setLost(null)} onWaiting={setWaiting} />}</Suspense>
      {waiting !== null && <WaitsDialog approvalId={waiting} onClose={() => setWaiting(null)} />}
    </>
  );
}

function ActionDrawer({ action, onBear }: { action: ProviderAction; onBear?: () => void }) {
  const { campaign_id: campaign } = action;
  return (
    <div className="flex flex-col gap-13">
      <div className="flex flex-wrap items-center gap-13 pr-34">
        <h2 className="text-16 font-semibold">{actionWords()[action.action] ?? action.action.replaceAll("_", " ")}</h2>
        <ActionState action={action} />
      </div>
      {action.why !== null && <p className="text-12 text-pretty">{action.why}</p>}
      {action.state === "unmirrored" && (
        <p className="text-12">
          <Link to="/desk/exceptions" search={{ open: "true" }} className="text-link underline underline-offset-2">
            <Trans>The register of exceptions has it</Trans>
          </Link>
        </p>
      )}
      <Facts
        dense
        facts={[
          [<Trans key="n">Amount</Trans>, formatMoney(action.amount_minor, action.currency)],
          [<Trans key="n">Fee</Trans>, formatMoney(action.fee_minor, action.currency)],
          [<Trans key="n">Provider</Trans>, action.provider],
          [<Trans key="n">Reference there</Trans>, <CopyId key="v" value={action.reference} full />],
          [<Trans key="n">Commitment</Trans>, action.commitment_reference === null ? "–" : <CopyId key="v" value={action.commitment_reference} full />],
          [<Trans key="n">Campaign</Trans>, campaign === null ? "–" : <CampaignLink key="v" id={campaign} title={action.campaign_title} tab="books" />],
          [<Trans key="n">Done</Trans>, formatInstant(action.occurred_at)],
          [<Trans key="n">Told to us</Trans>, formatInstant(action.recorded_at)],
          [<Trans key="n">Mirrored</Trans>, action.resolved_at === null ? "–" : formatInstant(action.resolved_at)],
        ]}
      />
      {onBear !== undefined && action.action === "refunded" && action.state === "unmirrored" && (
        <Button className="self-start" onClick={onBear}>
          <Trans>Let the bond bear it</Trans>
        </Button>
      )}
    </div>
  );
}
