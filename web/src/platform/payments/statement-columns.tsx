import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { formatDay, formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import type { WorkColumn } from "@/ui/table/work-rows";

import type { Statement } from "./types";

const formats: Record<string, string> = { csv: "CSV", mt940: "MT940", camt053: "camt.053", api: "API" };
export const formatName = ({ format }: Statement) => formats[format] ?? format;
export const statementName = (row: Statement) => row.file_name ?? `${row.provider} ${formatDay(row.from_on)}`;
export const daysOf = (row: Statement) => (row.from_on === row.to_on ? formatDay(row.from_on) : `${formatDay(row.from_on)} – ${formatDay(row.to_on)}`);

export function StatementState({ statement }: { statement: Statement }) {
  const open = statement.unmatched_count.toLocaleString("en-GB");
  if (statement.is_balanced === false) {
    return (
      <Badge tone="bad">
        <Trans>Balances do not add up</Trans>
      </Badge>
    );
  }
  return statement.unmatched_count > 0 ? (
    <Badge tone="waiting">
      <Trans>{open} unmatched</Trans>
    </Badge>
  ) : (
    <Badge tone="ok">
      <Trans>All matched</Trans>
    </Badge>
  );
}

export function statementColumns(): WorkColumn<Statement>[] {
  return [
    {
      id: "file",
      label: t`Statement`,
      width: "minmax(150px, 2fr)",
      cell: (row) => <span className="font-medium">{statementName(row)}</span>,
      text: statementName,
      order: statementName,
      onPhone: "title",
    },
    {
      id: "state",
      label: t`State`,
      width: "minmax(130px, 1.2fr)",
      cell: (row) => <StatementState statement={row} />,
      text: (row) => String(row.unmatched_count),
      order: (row) => row.unmatched_count,
      onPhone: "state",
    },
    {
      id: "days",
      label: t`Days`,
      width: "minmax(150px, 1.5fr)",
      cell: daysOf,
      text: daysOf,
      order: (row) => row.from_on,
      onPhone: "detail",
    },
    {
      id: "lines",
      label: t`Lines`,
      width: "minmax(70px, 0.6fr)",
      numeric: true,
      cell: (row) => row.line_count.toLocaleString("en-GB"),
      text: (row) => String(row.line_count),
      order: (row) => row.line_count,
    },
    { id: "format", label: t`Format`, width: "minmax(80px, 0.6fr)", cell: formatName, text: formatName, order: formatName },
    { id: "provider", label: t`Provider`, width: "minmax(90px, 0.8fr)", hidden: true, cell: (row) => row.provider, text: (row) => row.provider },
    {
      id: "imported_at",
      label: t`Imported`,
      width: "minmax(140px, 1fr)",
      numeric: true,
      cell: (row) => formatShort(row.imported_at),
      text: (row) => row.imported_at,
      order: (row) => row.imported_at,
    },
  ];
}
