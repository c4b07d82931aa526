import { t } from "@lingui/core/macro";

import { formatShort } from "@/kernel/time";
import type { Column } from "@/ui/table/columns";

import { count } from "../figures";
import { CountsBar } from "./counts-bar";
import type { Collection } from "./types";
import { CollectionBadge, collectionWord, reachText, unitWord } from "./words";

const clients = ({ clients: all }: Collection) => (all.length === 1 ? (all[0]?.name ?? "1") : count(all.length));
const done = ({ counts }: Collection) => t`${count(counts.settled + counts.provisional)} of ${count(counts.total)}`;

export function collectionColumns(): Column<Collection>[] {
  return [
    {
      id: "name",
      sortable: true,
      label: t`Collection`,
      width: "minmax(180px, 2fr)",
      cell: (row) => <span className="font-medium">{row.name}</span>,
      text: (row) => row.name,
      onPhone: "title",
    },
    {
      id: "state",
      label: t`State`,
      width: "minmax(110px, 0.8fr)",
      cell: (row) => <CollectionBadge state={row.state} />,
      text: (row) => collectionWord(row.state),
      onPhone: "state",
    },
    {
      id: "collected",
      label: t`Collected`,
      width: "minmax(144px, 1.2fr)",
      cell: (row) => (
        <span className="flex items-center gap-8">
          <CountsBar counts={row.counts} className="w-55" /> {done(row)}
        </span>
      ),
      text: done,
      onPhone: "detail",
    },
    { id: "workflow", label: t`Workflow`, width: "minmax(140px, 1.2fr)", cell: (row) => row.workflow.name, text: (row) => row.workflow.name },
    { id: "clients", label: t`Clients`, width: "minmax(110px, 1fr)", cell: clients, text: (row) => row.clients.map(({ name }) => name).join("; ") },
    {
      id: "unit",
      sortable: true,
      label: t`Segments`,
      width: "minmax(110px, 0.8fr)",
      cell: (row) => unitWord(row.segments.unit),
      text: (row) => unitWord(row.segments.unit),
      onPhone: "detail",
    },
    { id: "reach", label: t`Time`, width: "minmax(180px, 1.2fr)", hidden: true, cell: reachText, text: reachText },
    {
      id: "created_at",
      sortable: true,
      label: t`Begun`,
      width: "minmax(140px, 0.8fr)",
      numeric: true,
      hidden: true,
      cell: (row) => formatShort(row.created_at),
      text: (row) => row.created_at,
    },
  ];
}
