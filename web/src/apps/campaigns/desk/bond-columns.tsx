import { t } from "@lingui/core/macro";

import { formatMoney } from "@/kernel/money";
import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import type { WorkColumn } from "@/ui/table/work-rows";

import type { BondPayment } from "./types";
import { bondStateWords, stateTones } from "./words";

const state = (row: BondPayment) => bondStateWords()[row.state] ?? row.state;
const amount = (row: BondPayment) => formatMoney(row.amount_minor, row.currency);

export function BondState({ payment }: { payment: BondPayment }) {
  return <Badge tone={stateTones[payment.state] ?? "neutral"}>{state(payment)}</Badge>;
}

export function bondColumns(): WorkColumn<BondPayment>[] {
  return [
    {
      id: "created_at",
      label: t`Instructed`,
      width: "minmax(140px, 1.618fr)",
      cell: (row) => formatShort(row.created_at),
      text: (row) => row.created_at,
      order: (row) => row.created_at,
      onPhone: "detail",
    },
    {
      id: "state",
      label: t`State`,
      width: "minmax(110px, 1fr)",
      cell: (row) => <BondState payment={row} />,
      text: state,
      order: state,
      onPhone: "state",
    },
    { id: "amount", label: t`Amount`, width: "minmax(110px, 1fr)", numeric: true, cell: amount, text: amount, order: (row) => row.amount_minor, onPhone: "title" },
    {
      id: "resolved_at",
      label: t`Answered`,
      width: "minmax(140px, 1.618fr)",
      numeric: true,
      cell: (row) => (row.resolved_at === null ? "–" : formatShort(row.resolved_at)),
      text: (row) => row.resolved_at ?? "",
      order: (row) => row.resolved_at ?? "",
    },
  ];
}
