import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";

import { useTitle } from "@/kernel/title";
import { WorkList } from "@/ui/table/work-list";

import { PaymentsFrame } from "./frame";
import { instructionColumns, kindWord } from "./instruction-columns";
import { InstructionDrawer } from "./instruction-drawer";
import type { Instruction } from "./types";
import { choicesOf, instructionStateWords, instructionWords } from "./words";

const route = getRouteApi("/app/payments/instructions");

/** What the provider was told to do, and what it answered. */
export function InstructionsPage() {
  useTitle(t`Instructions`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const columns = useMemo(() => instructionColumns(), []);
  return (
    <PaymentsFrame
      title={<Trans>Instructions</Trans>}
      below={<Trans>What the provider was told to do, and what it answered. An unknown answer is asked for again by itself.</Trans>}
    >
      <WorkList<Instruction>
        name="instructions"
        label={t`Instructions`}
        path="/payments/instructions"
        module="payments"
        columns={columns}
        views={[
          { name: t`All`, search: {} },
          { name: t`Refused`, search: { state: "failed" } },
          { name: t`Answer unknown`, search: { state: "unknown" } },
          { name: t`Overdue`, search: { overdue: "true" } },
          { name: t`Payments out`, search: { kind: "payout" } },
        ]}
        filters={[
          { id: "state", label: t`State`, choices: choicesOf(instructionStateWords()) },
          { id: "kind", label: t`Kind`, choices: choicesOf(instructionWords()) },
          { id: "overdue", label: t`Attempt`, choices: [{ value: "true", label: t`Overdue` }] },
        ]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        rowId={(row) => row.id}
        rowLabel={(row) => `${kindWord(row)} ${row.id.slice(-8)}`}
        drawer={(row) => <InstructionDrawer key={row.id} instruction={row} />}
        empty={{
          title: <Trans>No instruction here</Trans>,
          text: <Trans>Each hold, capture, refund and payment out is one, from the first commitment on.</Trans>,
        }}
      />
    </PaymentsFrame>
  );
}
