import { t } from "@lingui/core/macro";

import { formatMoney } from "@/kernel/money";
import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import type { WorkColumn } from "@/ui/table/work-rows";

import { titleOf } from "../campaign-title";
import type { Payout } from "./types";
import { payoutStateWords, stateTones } from "./words";

const state = (row: Payout) => payoutStateWords()[row.state] ?? row.state;
const amount = (row: Payout) => formatMoney(row.amount_minor, row.currency);
const campaign = (row: Payout) => titleOf({ title: row.campaign_title });
const supplier = (row: Payout) => row.supplier_name ?? "–";

export function PayoutState({ payout }: { payout: Payout }) {
  return <Badge tone={stateTones[payout.state] ?? "neutral"}>{state(payout)}</Badge>;
}

export function payoutColumns(): WorkColumn<Payout>[] {
  return [
    {
      id: "campaign",
      label: t`Campaign`,
      width: "minmax(150px, 2fr)",
      cell: (row) => <span className="font-medium">{campaign(row)}</span>,
      text: campaign,
      order: campaign,
      onPhone: "title",
    },
    {
      id: "state",
      label: t`State`,
      width: "minmax(155px, 1.2fr)",
      cell: (row) => <PayoutState payout={row} />,
      text: state,
      order: state,
      onPhone: "state",
    },
    { id: "amount", label: t`Amount`, width: "minmax(90px, 1fr)", numeric: true, cell: amount, text: amount, order: (row) => row.amount_minor, onPhone: "detail" },
    { id: "supplier", label: t`Supplier`, width: "minmax(110px, 1.2fr)", cell: supplier, text: supplier, order: supplier, onPhone: "detail" },
    {
      id: "commitments",
      label: t`Commitments`,
      width: "minmax(95px, 0.8fr)",
      numeric: true,
      cell: (row) => row.commitments.toLocaleString("en-GB"),
      text: (row) => String(row.commitments),
      order: (row) => row.commitments,
    },
    {
      id: "attempts",
      label: t`Attempts`,
      width: "minmax(80px, 0.6fr)",
      numeric: true,
      cell: (row) => String(row.attempts),
      text: (row) => String(row.attempts),
      order: (row) => row.attempts,
    },
    {
      id: "created_at",
      label: t`Released`,
      width: "minmax(140px, 1.2fr)",
      numeric: true,
      cell: (row) => formatShort(row.created_at),
      text: (row) => row.created_at,
      order: (row) => row.created_at,
    },
  ];
}
