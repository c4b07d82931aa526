import { t } from "@lingui/core/macro";

import { formatMoney } from "@/kernel/money";
import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import type { WorkColumn } from "@/ui/table/work-rows";

import { titleOf } from "../campaign-title";
import type { ProviderAction } from "./types";
import { actionStateTones, actionStateWords, actionWords } from "./words";

const what = (row: ProviderAction) => actionWords()[row.action] ?? row.action.replaceAll("_", " ");
const state = (row: ProviderAction) => actionStateWords()[row.state] ?? row.state;
const amount = (row: ProviderAction) => formatMoney(row.amount_minor, row.currency);
const campaign = (row: ProviderAction) => (row.campaign_id === null ? "–" : titleOf({ title: row.campaign_title }));

export function ActionState({ action }: { action: ProviderAction }) {
  return <Badge tone={actionStateTones[action.state] ?? "neutral"}>{state(action)}</Badge>;
}

export function actionColumns(): WorkColumn<ProviderAction>[] {
  return [
    { id: "what", label: t`What was done`, width: "minmax(150px, 1.618fr)", cell: (row) => <span className="font-medium">{what(row)}</span>, text: what, order: what, onPhone: "title" },
    { id: "state", label: t`In our books`, width: "minmax(130px, 1fr)", cell: (row) => <ActionState action={row} />, text: state, order: state, onPhone: "state" },
    { id: "amount", label: t`Amount`, width: "minmax(90px, 0.8fr)", numeric: true, cell: amount, text: amount, order: (row) => row.amount_minor, onPhone: "detail" },
    {
      id: "commitment",
      label: t`Commitment`,
      width: "minmax(115px, 1fr)",
      cell: (row) => <span className="font-mono text-muted">{row.commitment_reference ?? "–"}</span>,
      text: (row) => row.commitment_reference ?? "",
      order: (row) => row.commitment_reference ?? "",
      onPhone: "detail",
    },
    { id: "campaign", label: t`Campaign`, width: "minmax(130px, 1.618fr)", cell: campaign, text: campaign, order: campaign },
    {
      id: "occurred_at",
      label: t`Done`,
      width: "minmax(140px, 1.2fr)",
      numeric: true,
      cell: (row) => formatShort(row.occurred_at),
      text: (row) => row.occurred_at,
      order: (row) => row.occurred_at,
    },
  ];
}
