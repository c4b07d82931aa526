import { t } from "@lingui/core/macro";

import { formatMoney } from "@/kernel/money";
import { formatShort } from "@/kernel/time";
import { Badge, plainTone } from "@/ui/badge";
import type { Column } from "@/ui/table/columns";

import type { Account } from "../types";
import { word } from "../word";

export function contractValue({ contract_value_minor: value, contract_currency: currency }: Account): string {
  return value === null || currency === null ? "–" : formatMoney(value, currency);
}

export function accountColumns(): Column<Account>[] {
  return [
    {
      id: "name",
      label: t`Account`,
      width: "minmax(160px, 3fr)",
      cell: (row) => <span className="truncate font-medium">{row.name}</span>,
      text: (row) => row.name,
      onPhone: "title",
    },
    {
      id: "state",
      label: t`State`,
      width: "minmax(120px, 1fr)",
      cell: (row) => <Badge tone={plainTone(row.state)}>{row.state}</Badge>,
      text: (row) => row.state,
      onPhone: "state",
    },
    {
      id: "contract",
      label: t`Contract`,
      width: "minmax(100px, 1fr)",
      cell: (row) => (row.contract_kind === null ? "–" : word(row.contract_kind)),
      text: (row) => row.contract_kind ?? "",
      onPhone: "detail",
    },
    {
      id: "value",
      label: t`Value`,
      width: "minmax(110px, 1fr)",
      numeric: true,
      cell: contractValue,
      text: contractValue,
      onPhone: "detail",
    },
    {
      id: "ends",
      label: t`Ends on`,
      width: "minmax(100px, 1fr)",
      numeric: true,
      cell: (row) => row.contract_ends_on ?? "–",
      text: (row) => row.contract_ends_on ?? "",
    },
    {
      id: "tenants",
      label: t`Tenants`,
      width: "minmax(80px, 0.8fr)",
      numeric: true,
      cell: (row) => String(row.tenant_count),
      text: (row) => String(row.tenant_count),
    },
    {
      id: "people",
      label: t`People`,
      width: "minmax(80px, 0.8fr)",
      numeric: true,
      cell: (row) => String(row.member_count),
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
