import { t } from "@lingui/core/macro";

import { formatShort } from "@/kernel/time";
import { Badge, plainTone } from "@/ui/badge";
import type { Column } from "@/ui/table/columns";

import type { TenantRecord } from "../types";
import { word } from "../word";

/** Of an active one under maintenance that is what matters: its people wait outside. */
const waits = (row: TenantRecord) => row.state === "active" && row.maintenance_note !== null;
const stateOf = (row: TenantRecord) => (waits(row) ? t`maintenance` : row.state);

export function tenantColumns(): Column<TenantRecord>[] {
  return [
    {
      id: "name",
      label: t`Tenant`,
      width: "minmax(160px, 2.4fr)",
      cell: (row) => <span className="truncate font-medium">{row.name}</span>,
      text: (row) => row.name,
      onPhone: "title",
    },
    {
      id: "slug",
      label: t`Short name`,
      width: "minmax(120px, 1.4fr)",
      cell: (row) => <span className="truncate font-mono text-muted">{row.slug}</span>,
      text: (row) => row.slug,
      onPhone: "detail",
    },
    {
      id: "state",
      label: t`State`,
      width: "minmax(120px, 1fr)",
      cell: (row) => <Badge tone={waits(row) ? "warn" : plainTone(row.state)}>{stateOf(row)}</Badge>,
      text: stateOf,
      onPhone: "state",
    },
    {
      id: "account",
      label: t`Client account`,
      width: "minmax(120px, 1.4fr)",
      cell: (row) => <span className="truncate">{row.account_name ?? t`Internal`}</span>,
      text: (row) => row.account_name ?? "",
    },
    {
      id: "tier",
      label: t`Tier`,
      width: "minmax(80px, 0.8fr)",
      cell: (row) => word(row.tier),
      text: (row) => row.tier,
      onPhone: "detail",
    },
    {
      id: "environment",
      label: t`Environment`,
      width: "minmax(100px, 1fr)",
      cell: (row) => word(row.environment),
      text: (row) => row.environment,
    },
    {
      id: "placement",
      label: t`Database`,
      width: "minmax(90px, 0.9fr)",
      cell: (row) => (row.placement === "dedicated" ? t`Its own` : t`Shared`),
      text: (row) => row.placement,
    },
    {
      id: "members",
      label: t`People`,
      width: "minmax(70px, 0.6fr)",
      numeric: true,
      cell: (row) => row.member_count.toLocaleString("en-GB"),
      text: (row) => String(row.member_count),
    },
    {
      id: "created_at",
      label: t`Created`,
      width: "minmax(140px, 1.2fr)",
      hidden: true,
      numeric: true,
      cell: (row) => formatShort(row.created_at),
      text: (row) => row.created_at,
    },
  ];
}
