import { t } from "@lingui/core/macro";

import { formatMoney } from "@/kernel/money";
import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import type { WorkColumn } from "@/ui/table/work-rows";

import { titleOf } from "../campaign-title";
import type { Refund } from "./types";
import { reasonWords, refundStateWords, stateTones } from "./words";

const state = (row: Refund) => refundStateWords()[row.state] ?? row.state;
const amount = (row: Refund) => formatMoney(row.amount_minor, row.currency);
const campaign = (row: Refund) => titleOf({ title: row.campaign_title });
export const reasonWord = (row: Refund) => reasonWords()[row.reason_code] ?? row.reason_code.replaceAll("_", " ");

export function RefundState({ refund }: { refund: Refund }) {
  return <Badge tone={stateTones[refund.state] ?? "neutral"}>{state(refund)}</Badge>;
}

export function refundColumns(): WorkColumn<Refund>[] {
  return [
    {
      id: "commitment",
      label: t`Commitment`,
      width: "minmax(115px, 1fr)",
      cell: (row) => <span className="font-mono font-medium">{row.commitment_reference}</span>,
      text: (row) => row.commitment_reference,
      order: (row) => row.commitment_reference,
      onPhone: "title",
    },
    {
      id: "state",
      label: t`State`,
      width: "minmax(115px, 1fr)",
      cell: (row) => <RefundState refund={row} />,
      text: state,
      order: state,
      onPhone: "state",
    },
    { id: "amount", label: t`Amount`, width: "minmax(90px, 1fr)", numeric: true, cell: amount, text: amount, order: (row) => row.amount_minor, onPhone: "detail" },
    { id: "campaign", label: t`Campaign`, width: "minmax(140px, 2fr)", cell: campaign, text: campaign, order: campaign },
    { id: "reason", label: t`Reason`, width: "minmax(140px, 1.5fr)", cell: reasonWord, text: reasonWord, order: reasonWord },
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
      label: t`Decided`,
      width: "minmax(140px, 1.2fr)",
      numeric: true,
      cell: (row) => formatShort(row.created_at),
      text: (row) => row.created_at,
      order: (row) => row.created_at,
      onPhone: "detail",
    },
  ];
}
