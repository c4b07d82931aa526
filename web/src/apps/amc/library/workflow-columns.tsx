import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import type { Column } from "@/ui/table/columns";

import { Favourite } from "../clients/favourite-button";
import { count } from "../figures";
import type { WorkflowItem } from "../types";
import { categoryWord } from "../words";
import { workflowPath } from "./use-workflow";

const owner = (row: WorkflowItem) => row.owner?.display_name ?? t`the starter library`;

/** How often it was run, and the way to those runs. */
function RunsOf({ workflow: { id, name, runs } }: { workflow: WorkflowItem }) {
  if (runs === 0) return count(0);
  return (
    <Link
      to="/amc/runs"
      search={{ workflow_id: id }}
      preload="intent"
      aria-label={t`Runs of ${name}: ${count(runs)}`}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => event.stopPropagation()}
      className="inline-flex min-h-34 items-center text-link underline underline-offset-2"
    >
      {count(runs)}
    </Link>
  );
}

export function workflowColumns(): Column<WorkflowItem>[] {
  return [
    {
      id: "name",
      sortable: true,
      label: t`Workflow`,
      width: "minmax(200px, 2.6fr)",
      cell: (row) => (
        <span className="flex items-center gap-5 font-medium">
          <Favourite path={workflowPath} row={row} /> <span className="min-w-0 truncate">{row.name}</span>
        </span>
      ),
      text: (row) => row.name,
      onPhone: "title",
    },
    {
      id: "category",
      sortable: true,
      label: t`Category`,
      width: "minmax(130px, 1.2fr)",
      cell: (row) => categoryWord(row.category),
      text: (row) => categoryWord(row.category),
      onPhone: "detail",
    },
    { id: "folder", sortable: true, label: t`Folder`, width: "minmax(110px, 1fr)", cell: (row) => (row.folder === "" ? "–" : row.folder), text: (row) => row.folder },
    {
      id: "tags",
      label: t`Tags`,
      width: "minmax(110px, 1fr)",
      hidden: true,
      cell: (row) => (row.tags.length === 0 ? "–" : row.tags.join(", ")),
      text: (row) => row.tags.join("; "),
    },
    { id: "owner", label: t`Owner`, width: "minmax(110px, 1fr)", cell: owner, text: owner, onPhone: "detail" },
    {
      id: "shared",
      label: t`Seen by`,
      width: "minmax(89px, 0.8fr)",
      cell: (row) =>
        row.shared ? (
          <Badge tone="neutral">
            <Trans>Everybody</Trans>
          </Badge>
        ) : (
          <Badge tone="draft">
            <Trans>Only me</Trans>
          </Badge>
        ),
      text: (row) => (row.shared ? t`Everybody` : t`Only me`),
      onPhone: "state",
    },
    { id: "number", sortable: true, label: t`Version`, width: "minmax(55px, 0.5fr)", numeric: true, cell: (row) => row.number, text: (row) => String(row.number) },
    { id: "runs", label: t`Runs`, width: "minmax(55px, 0.5fr)", numeric: true, cell: (row) => <RunsOf workflow={row} />, text: (row) => String(row.runs) },
    {
      id: "updated_at",
      sortable: true,
      label: t`Changed`,
      width: "minmax(140px, 1.1fr)",
      numeric: true,
      cell: (row) => formatShort(row.updated_at),
      text: (row) => row.updated_at,
    },
  ];
}
