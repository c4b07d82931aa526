import { t } from "@lingui/core/macro";

import type { Member } from "@/kernel/api-types";
import { formatShort } from "@/kernel/time";
import type { Column } from "@/ui/table/columns";

import { memberName } from "./member-name";
import { roleWords } from "./role-words";

const rolesOf = ({ roles }: Member) => roleWords(roles.map((role) => role.name));
const address = ({ email }: Member) => email ?? t`erased`;

export function memberColumns(): Column<Member>[] {
  return [
    {
      id: "name",
      label: t`Name`,
      width: "minmax(160px, 2fr)",
      sortable: true,
      cell: (row) => <span className="font-medium">{memberName(row)}</span>,
      text: memberName,
      onPhone: "title",
    },
    {
      id: "email",
      label: t`E-mail`,
      width: "minmax(160px, 2fr)",
      sortable: true,
      cell: (row) => <span className="text-muted">{address(row)}</span>,
      text: address,
      onPhone: "detail",
    },
    {
      id: "roles",
      label: t`Roles`,
      width: "minmax(120px, 1.4fr)",
      cell: rolesOf,
      text: rolesOf,
      onPhone: "detail",
    },
    {
      id: "joined_at",
      label: t`Member since`,
      width: "minmax(140px, 1fr)",
      sortable: true,
      numeric: true,
      cell: (row) => formatShort(row.joined_at),
      text: (row) => row.joined_at,
    },
  ];
}
