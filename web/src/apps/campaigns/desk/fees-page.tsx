import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState, type ReactNode } from "react";

import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Button, buttonClass } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";
import { NoPermission } from "@/ui/states";
import { WorkList } from "@/ui/table/work-list";

import { permissions } from "../permissions";
import { WaitsDialog } from "../waits";
import { CampaignLink } from "./belongs";
import { DeskHead } from "./desk-head";
import { FeeBorne, feeColumns, standsAt } from "./fee-columns";
import type { Fee } from "./types";
import { choicesOf, feeWords } from "./words";

const CorrectFee = lazy(() => import("./correct-fee").then((file) => ({ default: file.CorrectFee })));
const route = getRouteApi("/app/desk/fees");

/** What the provider and disputes cost, over all campaigns, and how far the bond has borne it. */
export function FeesPage() {
  useTitle(t`Fees`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const can = useCan();
  const columns = useMemo(() => feeColumns(), []);
  const [wrong, setWrong] = useState<Fee | null>(null);
  const [waiting, setWaiting] = useState<string | null>(null);
  if (!can(...permissions.books)) return <NoPermission detail={t`Fees are for those who keep the books.`} permission={permissions.books[0]} />;
  return (
    <>
      <DeskHead
        title={<Trans>Fees of the provider and of disputes</Trans>}
        below={<Trans>Most are told by the provider. One that it does not tell is recorded in the books of its campaign.</Trans>}
        actions={
          <Link to="/desk/bond" preload="intent" className={buttonClass("plain")}>
            <Trans>Bond</Trans>
          </Link>
        }
      />
      <WorkList<Fee>
        name="provider-fees"
        label={t`Fees`}
        path="/campaign-provider-charges"
        module="campaigns"
        columns={columns}
        views={[
          { name: t`All`, search: {} },
          { name: t`Of the provider`, search: { kind: "provider_fee" } },
          { name: t`Of disputes`, search: { kind: "dispute_fee" } },
          { name: t`Lost disputes`, search: { kind: "dispute_loss" } },
        ]}
        filters={[{ id: "kind", label: t`Fee`, choices: choicesOf(feeWords()) }]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        rowId={(row) => row.id}
        rowLabel={(row) => row.reference}
        drawer={(row) => <FeeDrawer fee={row} {...(can(...permissions.settle) ? { onCorrect: () => setWrong(row) } : {})} />}
        empty={{
          title: <Trans>No fee here</Trans>,
          text: <Trans>What the provider takes for its work appears here as it tells it.</Trans>,
        }}
      />
      <Suspense>{wrong !== null && <CorrectFee fee={wrong} onClose={() => setWrong(null)} onWaiting={setWaiting} />}</Suspense>
      {waiting !== null && <WaitsDialog approvalId={waiting} onClose={() => setWaiting(null)} />}
    </>
  );
}

/** A loss follows from a dispute or a claim: it is decided there. */
const correctable = new Set(["provider_fee", "dispute_fee"]);

function FeeDrawer({ fee, onCorrect }: { fee: Fee; onCorrect?: () => void }) {
  return (
    <div className="flex flex-col gap-13">
      <div className="flex flex-wrap items-center gap-13 pr-34">
        <h2 className="text-16 font-semibold">{formatMoney(standsAt(fee), fee.currency)}</h2>
        <FeeBorne fee={fee} />
      </div>
      <Facts
        dense
        facts={[
          [<Trans key="n">Fee</Trans>, feeWords()[fee.kind] ?? fee.kind],
          [
            <Trans key="n">Campaign</Trans>,
            fee.campaign_id === null ? (
              t`The organisation itself`
            ) : (
              <CampaignLink key="v" id={fee.campaign_id} title={fee.campaign_title} tab="books" />
            ),
          ],
          ...(fee.correction_minor === 0
            ? []
            : ([[<Trans key="n">Recorded first</Trans>, formatMoney(fee.amount_minor, fee.currency)]] as [ReactNode, ReactNode][])),
          [<Trans key="n">Borne by the bond</Trans>, formatMoney(fee.recharged_minor, fee.currency)],
          [<Trans key="n">Reference there</Trans>, <CopyId key="v" value={fee.reference} full />],
          [<Trans key="n">Recorded</Trans>, formatInstant(fee.recorded_at)],
          [<Trans key="n">Id</Trans>, <CopyId key="v" value={fee.id} />],
        ]}
      />
      {onCorrect !== undefined && correctable.has(fee.kind) && (
        <Button className="self-start" onClick={onCorrect}>
          <Trans>Correct the amount</Trans>
        </Button>
      )}
    </div>
  );
}
