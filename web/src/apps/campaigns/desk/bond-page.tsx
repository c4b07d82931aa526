import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import { get } from "@/kernel/client";
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
import { bondColumns, BondState } from "./bond-columns";
import { BondDialog } from "./bond-dialog";
import { DeskHead } from "./desk-head";
import { Covered } from "./gauges";
import type { BondPayment, Coverage } from "./types";
import { bondStateWords, choicesOf } from "./words";

const route = getRouteApi("/app/desk/bond");

/** What this organisation paid in so that fees fall on no member, and what is left of it. */
export function BondPage() {
  useTitle(t`Bond`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const can = useCan();
  const columns = useMemo(() => bondColumns(), []);
  const [paying, setPaying] = useState(false);
  const reads = can(...permissions.books);
  const { data } = useQuery({
    queryKey: ["/campaign-coverage"],
    queryFn: ({ signal }) => get<Coverage[]>("/campaign-coverage", { signal }),
    enabled: reads,
  });
  if (!reads) return <NoPermission detail={t`The bond is for those who keep the books.`} permission={permissions.books[0]} />;
  const gap = data?.find((each) => each.missing_minor > 0) ?? data?.[0];
  return (
    <>
      <DeskHead
        title={<Trans>Bond</Trans>}
        below={<Trans>Paid in by this organisation and held by the provider: fees and lost disputes are borne out of it, never by members.</Trans>}
        actions={
          <>
            <Link to="/desk/fees" preload="intent" className={buttonClass("plain")}>
              <Trans>What it bears</Trans>
            </Link>
            {can(...permissions.settle) && (
              <Button tone="primary" onClick={() => setPaying(true)}>
                <Trans>Pay into the bond</Trans>
              </Button>
            )}
          </>
        }
      />
      <div className="mb-13 grid gap-13 md:grid-cols-2">
        <Covered />
      </div>
      <WorkList<BondPayment>
        name="bond-payments"
        label={t`Payments into the bond`}
        path="/campaign-bond/payments"
        module="campaigns"
        columns={columns}
        views={[
          { name: t`All`, search: {} },
          { name: t`Under way`, search: { state: "instructed" } },
          { name: t`Refused`, search: { state: "failed" } },
        ]}
        filters={[{ id: "state", label: t`State`, choices: choicesOf(bondStateWords()) }]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        rowId={(row) => row.id}
        rowLabel={(row) => formatMoney(row.amount_minor, row.currency)}
        drawer={(row) => <BondDrawer payment={row} />}
        empty={{
          title: <Trans>Nothing was paid in yet</Trans>,
          text: <Trans>Without a bond, a fee of the provider leaves a gap, and a gap stops every release.</Trans>,
        }}
      />
      {paying && <BondDialog currency={gap?.currency ?? "EUR"} onClose={() => setPaying(false)} />}
    </>
  );
}

function BondDrawer({ payment }: { payment: BondPayment }) {
  return (
    <div className="flex flex-col gap-13">
      <div className="flex flex-wrap items-center gap-13 pr-34">
        <h2 className="text-16 font-semibold">{formatMoney(payment.amount_minor, payment.currency)}</h2>
        <BondState payment={payment} />
      </div>
      {payment.state === "failed" && (
        <p className="text-12 text-pretty">
          <Trans>The provider could not take it. Nothing was booked; pay in again with another method.</Trans>
        </p>
      )}
      <Facts
        dense
        facts={[
          [<Trans key="n">Instructed</Trans>, formatInstant(payment.created_at)],
          [<Trans key="n">Answered</Trans>, payment.resolved_at === null ? "–" : formatInstant(payment.resolved_at)],
          [<Trans key="n">Id</Trans>, <CopyId key="v" value={payment.id} />],
        ]}
      />
    </div>
  );
}
