import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import type { Column } from "@/ui/table/columns";

import type { Client } from "../types";
import { ConnectionBadge, connectionWord, plainWord } from "../words";
import { Brands } from "./brands";
import { FavouriteButton } from "./favourite-button";

/** "US · ATVPDKIKX0DER" in as few words as are known. */
export const placeOf = ({ account }: Client) => account.country ?? account.marketplace_id;

export function clientColumns(): Column<Client>[] {
  return [
    {
      id: "name",
      sortable: true,
      label: t`Client`,
      width: "minmax(180px, 2fr)",
      cell: (row) => (
        <span className="flex items-center gap-5 font-medium">
          <FavouriteButton client={row} /> <span className="min-w-0 truncate">{row.name}</span>
        </span>
      ),
      text: (row) => row.name,
      onPhone: "title",
    },
    {
      id: "brands",
      label: t`Brands`,
      width: "minmax(144px, 1.6fr)",
      cell: (row) => <Brands brands={row.brands} />,
      text: (row) => row.brands.join("; "),
      onPhone: "detail",
    },
    {
      id: "account",
      sortable: true,
      label: t`Account`,
      width: "minmax(140px, 1.2fr)",
      cell: (row) => row.account.name,
      text: (row) => row.account.name,
      onPhone: "detail",
    },
    { id: "place", label: t`Marketplace`, width: "minmax(89px, 0.8fr)", cell: placeOf, text: placeOf },
    {
      id: "state",
      label: t`State`,
      width: "minmax(110px, 0.8fr)",
      cell: (row) => <ClientState client={row} />,
      text: (row) => (row.active ? t`Active` : t`Inactive`),
      onPhone: "state",
    },
    {
      id: "connection",
      label: t`Connection`,
      width: "minmax(144px, 1fr)",
      cell: (row) => <ConnectionBadge state={row.connection.state} />,
      text: (row) => connectionWord(row.connection.state),
    },
    {
      id: "amc_instance_id",
      label: t`AMC id`,
      width: "minmax(110px, 1fr)",
      hidden: true,
      cell: (row) => <span className="font-mono text-muted">{row.amc_instance_id}</span>,
      text: (row) => row.amc_instance_id,
    },
    {
      id: "time_zone",
      label: t`Time zone`,
      width: "minmax(110px, 1fr)",
      hidden: true,
      cell: (row) => row.time_zone,
      text: (row) => row.time_zone,
    },
    {
      id: "synced_at",
      sortable: true,
      label: t`Read from AMC`,
      width: "minmax(140px, 1fr)",
      numeric: true,
      hidden: true,
      cell: (row) => formatShort(row.synced_at),
      text: (row) => row.synced_at,
    },
  ];
}

export function ClientState({ client }: { client: Client }) {
  if (client.gone_at !== null) {
    return (
      <Badge tone="bad">
        <Trans>Gone at AMC</Trans>
      </Badge>
    );
  }
  if (client.status !== "COMPLETED") return <Badge tone="waiting">{plainWord(client.status.toLowerCase())}</Badge>;
  return client.active ? (
    <Badge tone="ok">
      <Trans>Active</Trans>
    </Badge>
  ) : (
    <Badge tone="paused">
      <Trans>Inactive</Trans>
    </Badge>
  );
}
