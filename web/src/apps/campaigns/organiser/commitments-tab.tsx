import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import { useKeysetList } from "@/kernel/list";
import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { formatShort } from "@/kernel/time";
import { Button, buttonClass } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts, Sheet } from "@/ui/page";
import { Select } from "@/ui/select";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import type { Column } from "@/ui/table/columns";
import { DataTable } from "@/ui/table/data-table";

import { CommitmentState, commitmentStates, commitmentWord } from "../commitment-state";
import { permissions } from "../permissions";
import { WaitsDialog } from "../waits";
import type { OrganiserCommitment } from "./commitment-types";
import { LinkedMark, linkedWord } from "./linked-mark";
import { RefundByHand } from "./refund-by-hand";
import { TakeLists } from "./take-lists";

function columns(): Column<OrganiserCommitment>[] {
  return [
    {
      id: "reference",
      label: t`Reference`,
      width: "minmax(120px, 1fr)",
      cell: (row) => <span className="font-mono whitespace-nowrap">{row.reference}</span>,
      text: (row) => row.reference,
      onPhone: "title",
    },
    {
      id: "state",
      label: t`State`,
      width: "minmax(140px, 1.5fr)",
      cell: (row) => <CommitmentState state={row.state} />,
      text: (row) => commitmentWord(row.state),
      onPhone: "state",
    },
    {
      id: "linked_as",
      label: t`Whose`,
      width: "minmax(120px, 1fr)",
      cell: (row) => <LinkedMark link={row.linked_as} />,
      text: (row) => linkedWord(row.linked_as),
      onPhone: "detail",
    },
    {
      id: "units",
      label: t`Units`,
      width: "80px",
      numeric: true,
      cell: (row) => row.units.toLocaleString("en-GB"),
      text: (row) => String(row.units),
      onPhone: "detail",
    },
    {
      id: "amount",
      label: t`Amount`,
      width: "minmax(100px, 1fr)",
      numeric: true,
      cell: (row) => formatMoney(row.amount_minor, row.currency),
      text: (row) => formatMoney(row.amount_minor, row.currency),
      onPhone: "detail",
    },
    {
      id: "placed_at",
      label: t`Placed`,
      width: "minmax(140px, 1fr)",
      numeric: true,
      cell: (row) => formatShort(row.placed_at),
      text: (row) => row.placed_at,
    },
  ];
}

export function CommitmentsTab({ campaignId }: { campaignId: string }) {
  const [state, setState] = useState("");
  const list = useKeysetList<OrganiserCommitment>(`/campaigns/${campaignId}/commitments`, { state });
  const shown = useMemo(() => columns(), []);
  const [refunding, setRefunding] = useState<OrganiserCommitment | null>(null);
  const [waiting, setWaiting] = useState<string | null>(null);
  const may = useCan();
  const settles = may(...permissions.settle);
  const seesBooks = may(...permissions.books);
  if (list.pending && state === "") return <RowsSkeleton rows={5} />;
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.rows.length === 0 && state === "") {
    return (
      <EmptyState title={<Trans>No commitment yet</Trans>}>
        <Trans>They appear here as members join.</Trans>
      </EmptyState>
    );
  }
  return (
    <>
      <div className="mb-13 flex flex-wrap gap-8">
        <div className="w-[200px]">
          <Select dense label={t`State`} value={state} choices={stateChoices()} onChange={setState} />
        </div>
        {settles && list.rows.some(({ state }) => inEscrow.has(state)) && (
          <Link to="/desk/refund-many" search={{ campaign: campaignId }} className={buttonClass()}>
            <Trans>Refund many</Trans>
          </Link>
        )}
        {seesBooks && <TakeLists campaignId={campaignId} lists={["commitments", "refunds"]} />}
      </div>
      <Sheet>
        {list.rows.length === 0 && (
          <p className="label p-13">{list.pending ? t`Loading` : t`No commitment is in this state.`}</p>
        )}
        <DataTable
          label={t`Commitments`}
          columns={shown}
          visible={{}}
          rows={list.rows}
          rowId={(row) => row.id}
          rowLabel={(row) => row.reference}
          sort=""
          onSort={() => undefined}
          peek={(row) => (
            <CommitmentPeek
              commitment={row}
              onRefund={settles && inEscrow.has(row.state) ? () => setRefunding(row) : undefined}
            />
          )}
          hasMore={list.hasMore}
          loadingMore={list.loadingMore}
          loadMore={list.loadMore}
        />
      </Sheet>
      {refunding !== null && (
        <RefundByHand campaignId={campaignId} commitment={refunding} onClose={() => setRefunding(null)} onWaiting={setWaiting} />
      )}
      {waiting !== null && <WaitsDialog approvalId={waiting} onClose={() => setWaiting(null)} />}
    </>
  );
}

/** Each state a commitment may be in, and first all of them. */
const stateChoices = () => [
  { value: "", label: t`All states` },
  ...commitmentStates.map((value) => ({ value, label: commitmentWord(value) })),
];

const inEscrow = new Set(["held", "allocated"]);

interface CommitmentPeekProps {
  commitment: OrganiserCommitment;
  onRefund: (() => void) | undefined;
}

function CommitmentPeek({ commitment, onRefund }: CommitmentPeekProps) {
  return (
    <div className="flex flex-col gap-13">
      <div className="flex flex-wrap items-center gap-13 pr-34">
        <h2 className="font-mono text-16 font-semibold whitespace-nowrap">{commitment.reference}</h2>
        <CommitmentState state={commitment.state} />
      </div>
      <Facts
        dense
        facts={[
          [<Trans key="n">Amount</Trans>, formatMoney(commitment.amount_minor, commitment.currency)],
          [<Trans key="n">Units</Trans>, commitment.units.toLocaleString("en-GB")],
          [<Trans key="n">Placed</Trans>, formatShort(commitment.placed_at)],
          [<Trans key="n">Refund reason</Trans>, commitment.refund_reason?.replaceAll("_", " ") ?? "–"],
          [<Trans key="n">Member</Trans>, <CopyId key="v" value={commitment.member_id} />],
          [<Trans key="n">Id</Trans>, <CopyId key="v" value={commitment.id} />],
        ]}
      />
      {onRefund !== undefined && (
        <Button onClick={onRefund}>
          <Trans>Refund by hand</Trans>
        </Button>
      )}
    </div>
  );
}
