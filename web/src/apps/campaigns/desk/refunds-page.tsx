import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import { useCan } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { buttonClass } from "@/ui/button";
import { WorkList } from "@/ui/table/work-list";

import { permissions } from "../permissions";
import { WaitsDialog } from "../waits";
import { AlternativeDialog } from "./alternative-dialog";
import { DeskHead } from "./desk-head";
import { refundColumns } from "./refund-columns";
import { RefundDrawer } from "./refund-drawer";
import { RetryRefund } from "./retry-refund";
import type { Refund } from "./types";
import { choicesOf, refundStateWords } from "./words";

const route = getRouteApi("/app/desk/refunds");

/** Money on its way back; what the provider refused is tried again, or paid another way by two people. */
export function RefundsPage() {
  useTitle(t`Refunds`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const columns = useMemo(() => refundColumns(), []);
  const may = useCan()(...permissions.settle);
  const [asked, setAsked] = useState<{ verb: "retry" | "another"; refund: Refund } | null>(null);
  const [waiting, setWaiting] = useState<string | null>(null);
  const close = () => setAsked(null);
  return (
    <>
      <DeskHead
        title={<Trans>Refunds</Trans>}
        below={<Trans>Money on its way back to members. A refused one stays here until it has arrived.</Trans>}
        {...(may
          ? {
              actions: (
                <Link to="/desk/refund-many" preload="intent" className={buttonClass("plain")}>
                  <Trans>Refund many</Trans>
                </Link>
              ),
            }
          : {})}
      />
      <WorkList<Refund>
        name="refunds"
        label={t`Refunds`}
        path="/refunds"
        module="campaigns"
        columns={columns}
        views={[
          { name: t`Refused`, search: { state: "failed" } },
          { name: t`Under way`, search: { state: "instructed" } },
          { name: t`Arrived`, search: { state: "confirmed" } },
          { name: t`All`, search: {} },
        ]}
        filters={[{ id: "state", label: t`State`, choices: choicesOf(refundStateWords()) }]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        rowId={(row) => row.id}
        rowLabel={(row) => row.commitment_reference}
        drawer={(row) => <RefundDrawer refund={row} onAsk={(verb) => setAsked({ verb, refund: row })} />}
        empty={{
          title: <Trans>No refund here</Trans>,
          text: <Trans>Refunds go out by themselves. One that the provider refuses appears here at once.</Trans>,
        }}
      />
      {asked?.verb === "retry" && <RetryRefund refund={asked.refund} onClose={close} />}
      {asked?.verb === "another" && <AlternativeDialog refund={asked.refund} onClose={close} onWaiting={setWaiting} />}
      {waiting !== null && <WaitsDialog approvalId={waiting} onClose={() => setWaiting(null)} />}
    </>
  );
}
