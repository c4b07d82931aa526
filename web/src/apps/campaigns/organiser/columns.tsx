import { t } from "@lingui/core/macro";

import { formatMoney } from "@/kernel/money";
import { formatShort } from "@/kernel/time";
import type { Column } from "@/ui/table/columns";

import { titleOf } from "../campaign-title";
import { CampaignState, stateWord } from "../states";
import type { Campaign } from "../types";

const number = (value: number | null) => (value === null ? "–" : value.toLocaleString("en-GB"));
const instant = (value: string | null) => (value === null ? "–" : formatShort(value));
const price = (row: Campaign) =>
  row.unit_price_minor === null ? "–" : formatMoney(row.unit_price_minor, row.currency);

export function campaignColumns(): Column<Campaign>[] {
  return [
    {
      id: "reference",
      label: t`Reference`,
      width: "minmax(110px, 0.8fr)",
      cell: (row) => <span className="font-mono text-muted whitespace-nowrap">{row.reference}</span>,
      text: (row) => row.reference,
      onPhone: "detail",
    },
    {
      id: "title",
      label: t`Campaign`,
      width: "minmax(160px, 3fr)",
      sortable: true,
      cell: (row) => <span className="font-medium">{titleOf(row)}</span>,
      text: (row) => titleOf(row),
      onPhone: "title",
    },
    {
      id: "state",
      label: t`State`,
      width: "minmax(160px, 1.2fr)",
      sortable: true,
      cell: (row) => <CampaignState state={row.state} />,
      text: (row) => stateWord(row.state),
      onPhone: "state",
    },
    {
      id: "committed_units",
      label: t`Committed`,
      width: "minmax(90px, 1fr)",
      numeric: true,
      cell: (row) => `${number(row.totals.reached_units)} / ${number(row.goal_units)}`,
      text: (row) => String(row.totals.reached_units),
      onPhone: "detail",
    },
    {
      id: "escrow",
      label: t`In escrow`,
      width: "minmax(100px, 1fr)",
      numeric: true,
      cell: (row) => formatMoney(row.totals.escrow_minor, row.currency),
      text: (row) => formatMoney(row.totals.escrow_minor, row.currency),
      onPhone: "detail",
    },
    {
      id: "deadline_at",
      label: t`Deadline`,
      width: "minmax(140px, 1.2fr)",
      sortable: true,
      numeric: true,
      cell: (row) => instant(row.deadline_at),
      text: (row) => row.deadline_at ?? "",
    },
    { id: "price", label: t`Unit price`, width: "minmax(90px, 1fr)", numeric: true, cell: price, text: price },
    {
      id: "supplier",
      label: t`Supplier`,
      width: "minmax(110px, 1fr)",
      hidden: true,
      cell: (row) => row.supplier_name ?? "–",
      text: (row) => row.supplier_name ?? "",
    },
    {
      id: "created_at",
      label: t`Created`,
      width: "minmax(140px, 1.2fr)",
      sortable: true,
      hidden: true,
      numeric: true,
      cell: (row) => formatShort(row.created_at),
      text: (row) => row.created_at,
    },
  ];
}
