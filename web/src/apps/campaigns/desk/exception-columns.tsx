import { t } from "@lingui/core/macro";

import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { PersonName } from "@/ui/person";
import type { WorkColumn } from "@/ui/table/work-rows";

import type { DeskException } from "./types";
import { categoryWords, exceptionStateWords, severityRank, severityTones, severityWords, stateTones } from "./words";

const severity = (row: DeskException) => severityWords()[row.severity] ?? row.severity;
const category = (row: DeskException) => categoryWords()[row.category] ?? row.category;
const state = (row: DeskException) => exceptionStateWords()[row.state] ?? row.state;

export function SeverityBadge({ exception }: { exception: DeskException }) {
  return <Badge tone={severityTones[exception.severity] ?? "neutral"}>{severity(exception)}</Badge>;
}

export function ExceptionState({ exception }: { exception: DeskException }) {
  return <Badge tone={stateTones[exception.state] ?? "neutral"}>{state(exception)}</Badge>;
}

export function exceptionColumns(): WorkColumn<DeskException>[] {
  return [
    {
      id: "title",
      label: t`What`,
      width: "minmax(180px, 3fr)",
      cell: (row) => <span className="font-medium">{row.title}</span>,
      text: (row) => row.title,
      order: (row) => row.title,
      onPhone: "title",
      wraps: true,
    },
    {
      id: "severity",
      label: t`Severity`,
      width: "minmax(95px, 0.8fr)",
      cell: (row) => <SeverityBadge exception={row} />,
      text: severity,
      order: (row) => severityRank[row.severity] ?? 0,
      onPhone: "state",
    },
    {
      id: "state",
      label: t`State`,
      width: "minmax(115px, 1fr)",
      cell: (row) => <ExceptionState exception={row} />,
      text: state,
      order: state,
      onPhone: "detail",
    },
    { id: "category", label: t`Category`, width: "minmax(130px, 1.2fr)", cell: category, text: category, order: category, onPhone: "detail" },
    {
      id: "assigned",
      label: t`Looked after by`,
      width: "minmax(110px, 1fr)",
      cell: (row) => <PersonName id={row.assigned_to} />,
      text: (row) => row.assigned_to ?? "",
    },
    {
      id: "opened_at",
      label: t`Opened`,
      width: "minmax(140px, 1fr)",
      numeric: true,
      cell: (row) => formatShort(row.opened_at),
      text: (row) => row.opened_at,
      order: (row) => row.opened_at,
    },
  ];
}
