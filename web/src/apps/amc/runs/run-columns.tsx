import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import type { Column } from "@/ui/table/columns";

import { orDash, size, took, windowText } from "../figures";
import type { RunItem } from "../types";
import { originWord, RunBadge, runWord } from "../words";
import { RunName } from "./run-name";

const lasted = (run: RunItem) => took(run.submitted_at, run.finished_at) ?? "–";
const span = (run: RunItem) => windowText(run.window_start, run.window_end);

export function runColumns(): Column<RunItem>[] {
  return [
    {
      id: "name",
      sortable: true,
      label: t`Run`,
      width: "minmax(200px, 2.6fr)",
      cell: (row) => <span className="font-medium"><RunName name={row.name} /></span>,
      text: (row) => row.name,
      onPhone: "title",
    },
    {
      id: "state",
      label: t`State`,
      width: "minmax(190px, 1fr)",
      cell: (row) => (
        <span className="flex items-center gap-5">
          <RunBadge state={row.state} />
          {row.dry_run && (
            <Badge tone="draft">
              <Trans>Dry run</Trans>
            </Badge>
          )}
        </span>
      ),
      text: (row) => runWord(row.state),
      onPhone: "state",
    },
    {
      id: "client",
      label: t`Client`,
      width: "minmax(140px, 1.2fr)",
      cell: (row) => row.instance.name,
      text: (row) => row.instance.name,
      onPhone: "detail",
    },
    {
      id: "workflow",
      label: t`Workflow`,
      width: "minmax(140px, 1.2fr)",
      hidden: true,
      cell: (row) => row.workflow?.name ?? <span className="text-muted">{t`As written`}</span>,
      text: (row) => row.workflow?.name ?? t`As written`,
    },
    { id: "window", label: t`Window`, width: "minmax(200px, 1.4fr)", cell: span, text: span, onPhone: "detail" },
    { id: "row_count", sortable: true, label: t`Rows`, width: "minmax(68px, 0.6fr)", numeric: true, cell: (row) => orDash(row.row_count), text: (row) => String(row.row_count ?? "") },
    { id: "rows_scanned", label: t`Rows scanned`, width: "minmax(110px, 0.7fr)", numeric: true, hidden: true, cell: (row) => orDash(row.rows_scanned), text: (row) => String(row.rows_scanned ?? "") },
    { id: "size_bytes", sortable: true, label: t`Size`, width: "minmax(68px, 0.6fr)", numeric: true, hidden: true, cell: (row) => size(row.size_bytes), text: (row) => String(row.size_bytes ?? "") },
    { id: "took", label: t`Took`, width: "minmax(89px, 0.7fr)", numeric: true, cell: lasted, text: lasted },
    { id: "origin", label: t`How it began`, width: "minmax(89px, 0.7fr)", cell: (row) => originWord(row.origin), text: (row) => originWord(row.origin) },
    {
      id: "created_at",
      sortable: true,
      label: t`Asked`,
      width: "minmax(140px, 1fr)",
      numeric: true,
      cell: (row) => formatShort(row.created_at),
      text: (row) => row.created_at,
      onPhone: "detail",
    },
  ];
}
