import { t } from "@lingui/core/macro";

import { formatMoney } from "@/kernel/money";
import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import type { WorkColumn } from "@/ui/table/work-rows";

import { titleOf } from "../campaign-title";
import type { CardDispute } from "./types";
import { disputeStateWords, stateTones } from "./words";

const state = (row: CardDispute) => disputeStateWords()[row.state] ?? row.state;
const amount = (row: CardDispute) => formatMoney(row.amount_minor, row.currency);
const fee = (row: CardDispute) => formatMoney(row.fee_minor, row.currency);
const campaign = (row: CardDispute) => titleOf({ title: row.campaign_title });

export function DisputeState({ dispute }: { dispute: CardDispute }) {
  return <Badge tone={stateTones[dispute.state] ?? "neutral"}>{state(dispute)}</Badge>;
}

export function disputeColumns(): WorkColumn<CardDispute>[] {
  return [
    {
      id: "reference",
      label: t`At the provider`,
      width: "minmax(120px, 1.2fr)",
      cell: (row) => <span className="font-mono font-medium whitespace-nowrap">{row.reference}</span>,
      text: (row) => row.reference,
      order: (row) => row.reference,
      onPhone: "title",
    },
    {
      id: "state",
      label: t`State`,
      width: "minmax(90px, 0.8fr)",
      cell: (row) => <DisputeState dispute={row} />,
      text: state,
      order: state,
      onPhone: "state",
    },
    { id: "amount", label: t`Disputed`, width: "minmax(90px, 1fr)", numeric: true, cell: amount, text: amount, order: (row) => row.amount_minor, onPhone: "detail" },
    { id: "fee", label: t`Fee`, width: "minmax(80px, 0.8fr)", numeric: true, cell: fee, text: fee, order: (row) => row.fee_minor },
    {
      id: "commitment",
      label: t`Commitment`,
      width: "minmax(115px, 1fr)",
      cell: (row) => <span className="font-mono text-muted">{row.commitment_reference}</span>,
      text: (row) => row.commitment_reference,
      order: (row) => row.commitment_reference,
      onPhone: "detail",
    },
    { id: "campaign", label: t`Campaign`, width: "minmax(140px, 2fr)", cell: campaign, text: campaign, order: campaign },
    {
      id: "opened_at",
      label: t`Opened`,
      width: "minmax(140px, 1.2fr)",
      numeric: true,
      cell: (row) => formatShort(row.opened_at),
      text: (row) => row.opened_at,
      order: (row) => row.opened_at,
    },
  ];
}
