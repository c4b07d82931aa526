import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";

import { useTitle } from "@/kernel/title";
import { WorkList } from "@/ui/table/work-list";

import { ClaimsSection } from "./claims-section";
import { DeskHead } from "./desk-head";
import { disputeColumns } from "./dispute-columns";
import { DisputeDrawer } from "./dispute-drawer";
import type { CardDispute } from "./types";
import { choicesOf, disputeStateWords } from "./words";

const route = getRouteApi("/app/desk/disputes");

export function DisputesPage() {
  useTitle(t`Card disputes`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const columns = useMemo(() => disputeColumns(), []);
  return (
    <>
      <DeskHead
        title={<Trans>Card disputes</Trans>}
        below={<Trans>A member&rsquo;s bank took captured money back. While one is open its commitment is neither refunded nor released.</Trans>}
      />
      <WorkList<CardDispute>
        name="disputes"
        label={t`Card disputes`}
        path="/campaign-card-disputes"
        module="campaigns"
        columns={columns}
        views={[
          { name: t`Open`, search: { state: "open" } },
          { name: t`Won`, search: { state: "won" } },
          { name: t`Lost`, search: { state: "lost" } },
          { name: t`All`, search: {} },
        ]}
        filters={[{ id: "state", label: t`State`, choices: choicesOf(disputeStateWords()) }]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        rowId={(row) => row.id}
        rowLabel={(row) => row.reference}
        drawer={(row) => <DisputeDrawer dispute={row} />}
        empty={{
          title: <Trans>No card dispute here</Trans>,
          text: <Trans>The provider tells of each by itself; its fee is never paid out of members&rsquo; money.</Trans>,
        }}
      />
      <ClaimsSection />
    </>
  );
}
