import { t } from "@lingui/core/macro";

import { formatMoney } from "@/kernel/money";
import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import type { WorkColumn } from "@/ui/table/work-rows";

import { titleOf } from "../campaign-title";
import type { Fee } from "./types";
import { feeWords } from "./words";

const kind = (row: Fee) => feeWords()[row.kind] ?? row.kind;
/** What the fee stands at, with its corrections. */
export const standsAt = (fee: Fee) => fee.amount_minor + fee.correction_minor;
const amount = (row: Fee) => formatMoney(standsAt(row), row.currency);
const left = (row: Fee) => standsAt(row) - row.recharged_minor;
const campaign = (row: Fee) => (row.campaign_id === null ? t`The organisation itself` : titleOf({ title: row.campaign_title }));

/** Whether the bond has borne a fee, or a gap stands for it. */
export function FeeBorne({ fee }: { fee: Fee }) {
  if (standsAt(fee) === 0) return <Badge tone="ended">{t`Never taken`}</Badge>;
  if (left(fee) === 0) return <Badge tone="ok">{t`Borne by the bond`}</Badge>;
  const open = formatMoney(left(fee), fee.currency);
  return <Badge tone="warn">{t`${open} not borne`}</Badge>;
}

export function feeColumns(): WorkColumn<Fee>[] {
  return [
    { id: "kind", label: t`Fee`, width: "minmax(130px, 1.2fr)", cell: (row) => <span className="font-medium">{kind(row)}</span>, text: kind, order: kind, onPhone: "title" },
    {
      id: "borne",
      label: t`Borne`,
      width: "minmax(150px, 1.2fr)",
      cell: (row) => <FeeBorne fee={row} />,
      text: (row) => formatMoney(left(row), row.currency),
      order: left,
      onPhone: "state",
    },
    { id: "amount", label: t`Amount`, width: "minmax(90px, 0.8fr)", numeric: true, cell: amount, text: amount, order: standsAt, onPhone: "detail" },
    { id: "campaign", label: t`Campaign`, width: "minmax(140px, 2fr)", cell: campaign, text: campaign, order: campaign, onPhone: "detail" },
    {
      id: "reference",
      label: t`At the provider`,
      width: "minmax(120px, 1.2fr)",
      cell: (row) => <span className="truncate font-mono text-muted">{row.reference}</span>,
      text: (row) => row.reference,
      order: (row) => row.reference,
    },
    {
      id: "recorded_at",
      label: t`Recorded`,
      width: "minmax(140px, 1.2fr)",
      numeric: true,
      cell: (row) => formatShort(row.recorded_at),
      text: (row) => row.recorded_at,
      order: (row) => row.recorded_at,
    },
  ];
}
