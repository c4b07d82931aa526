import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { formatInstant } from "@/kernel/time";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";

import { TableNames } from "../editor/table-names";
import type { Client } from "../types";
import { ConnectionBadge, plainWord } from "../words";
import { Brands } from "./brands";
import { placeOf } from "./client-columns";

/** How many tables it has by Amazon's last list, and which of AMC's it has not. */
function TablesThere({ client }: { client: Client }) {
  if (client.listed_at === null) return <Trans>Not asked yet</Trans>;
  return (
    <>
      <Link to="/amc/library/schema" search={{ client: client.id }} className="text-link hover:underline">
        <Plural value={client.tables_listed ?? 0} one="# table" other="# tables" />
      </Link>
      {client.tables_missing.length > 0 && (
        <>
          <span className="label mt-3 block">
            <Trans>It does not have</Trans>
          </span>
          <TableNames names={client.tables_missing} />
        </>
      )}
    </>
  );
}

export function ClientFacts({ client }: { client: Client }) {
  return (
    <Facts
      dense
      facts={[
        [<Trans key="n">Brands</Trans>, <Brands key="v" brands={client.brands} most={5} />],
        [<Trans key="n">Account</Trans>, client.account.name],
        [<Trans key="n">Marketplace</Trans>, placeOf(client)],
        [<Trans key="n">Connection</Trans>, <ConnectionBadge key="v" state={client.connection.state} />],
        [
          <Trans key="n">Ad products</Trans>,
          client.advertiser_types.length === 0
            ? "–"
            : client.advertiser_types.map((kind) => plainWord(kind.toLowerCase())).join(", "),
        ],
        [<Trans key="n">Time zone of its windows</Trans>, client.time_zone],
        [<Trans key="n">Tables</Trans>, <TablesThere key="v" client={client} />],
        [<Trans key="n">Read from AMC</Trans>, formatInstant(client.synced_at)],
        [<Trans key="n">AMC id</Trans>, <CopyId key="v" value={client.amc_instance_id} full />],
        [<Trans key="n">Id</Trans>, <CopyId key="v" value={client.id} />],
      ]}
    />
  );
}
