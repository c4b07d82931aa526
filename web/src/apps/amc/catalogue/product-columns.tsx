import { t } from "@lingui/core/macro";

import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import type { Column } from "@/ui/table/columns";

import type { Product } from "./types";

export function ActiveBadge({ active }: { active: boolean }) {
  return active ? <Badge tone="ok">{t`Active`}</Badge> : <Badge tone="paused">{t`Inactive`}</Badge>;
}

export function productColumns(): Column<Product>[] {
  return [
    {
      id: "title",
      sortable: true,
      label: t`Product`,
      width: "minmax(200px, 3fr)",
      cell: (row) => <span className="font-medium">{row.title || row.asin}</span>,
      text: (row) => row.title,
      onPhone: "title",
    },
    {
      id: "asin",
      sortable: true,
      label: t`ASIN`,
      width: "minmax(110px, 0.8fr)",
      cell: (row) => <span className="font-mono">{row.asin}</span>,
      text: (row) => row.asin,
      onPhone: "detail",
    },
    { id: "brand", sortable: true, label: t`Brand`, width: "minmax(110px, 1fr)", cell: (row) => row.brand || "–", text: (row) => row.brand, onPhone: "detail" },
    { id: "marketplace", label: t`Marketplace`, width: "minmax(110px, 0.8fr)", cell: (row) => row.marketplace || "–", text: (row) => row.marketplace },
    {
      id: "state",
      label: t`State`,
      width: "minmax(110px, 0.7fr)",
      cell: (row) => <ActiveBadge active={row.active} />,
      text: (row) => (row.active ? t`Active` : t`Inactive`),
      onPhone: "state",
    },
    {
      id: "seen_at",
      sortable: true,
      label: t`Changed`,
      width: "minmax(140px, 1fr)",
      numeric: true,
      hidden: true,
      cell: (row) => formatShort(row.seen_at),
      text: (row) => row.seen_at,
    },
  ];
}
