import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";

import { useTitle } from "@/kernel/title";
import { WorkList } from "@/ui/table/work-list";

import { breakColumns, breakWord } from "./break-columns";
import { BreakDrawer } from "./break-drawer";
import { PaymentsFrame } from "./frame";
import type { Break } from "./types";
import { breakWords, choicesOf } from "./words";

const SettleDialog = lazy(() => import("./settle-dialog").then((file) => ({ default: file.SettleDialog })));
const route = getRouteApi("/app/payments/breaks");

/** Where a statement and our records do not agree: each is settled once, by a person, with a reason. */
export function BreaksPage() {
  useTitle(t`Differences`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const columns = useMemo(() => breakColumns(), []);
  const [asked, setAsked] = useState<Break | null>(null);
  return (
    <PaymentsFrame
      title={<Trans>Differences</Trans>}
      below={<Trans>Where a statement and our records do not agree. Each is settled once, with a reason, and stays on record.</Trans>}
    >
      <WorkList<Break>
        name="breaks"
        label={t`Differences`}
        path="/payments/breaks"
        module="payments"
        columns={columns}
        views={[
          { name: t`Open`, search: { state: "open" } },
          { name: t`Settled`, search: { state: "resolved" } },
          { name: t`All`, search: {} },
        ]}
        filters={[
          { id: "state", label: t`State`, choices: [{ value: "open", label: t`Open` }, { value: "resolved", label: t`Settled` }] },
          { id: "kind", label: t`Kind`, choices: choicesOf(breakWords()) },
        ]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        rowId={(row) => row.id}
        rowLabel={(row) => `${breakWord(row)} ${row.reference ?? ""}`}
        drawer={(row) => <BreakDrawer found={row} onSettle={() => setAsked(row)} />}
        empty={{
          title: <Trans>Nothing differs</Trans>,
          text: <Trans>Statements and records agree, as far as statements were imported.</Trans>,
        }}
      />
      <Suspense>{asked !== null && <SettleDialog found={asked} onClose={() => setAsked(null)} />}</Suspense>
    </PaymentsFrame>
  );
}
