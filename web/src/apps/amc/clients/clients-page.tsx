import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Plug } from "lucide-react";
import { useMemo } from "react";

import { useKeysetList } from "@/kernel/list";
import { useTitle } from "@/kernel/title";
import { buttonClass } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { EmptyState } from "@/ui/states";

import { LinkTabs } from "../list/link-tabs";
import { ServerList } from "../list/server-list";
import type { Client, Connection } from "../types";
import { clientTabs } from "./client-tabs";
import { clientColumns } from "./client-columns";
import { ClientPeek } from "./client-peek";
import { clientPath } from "./use-client";

const route = getRouteApi("/app/amc/clients");

export function ClientsPage() {
  useTitle(t`Clients`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const navigate = useNavigate();
  const columns = useMemo(() => clientColumns(), []);
  const connections = useKeysetList<Connection>("/amc/connections", {});
  return (
    <>
      <PageHead title={<Trans>Clients</Trans>} below={<Trans>Each client is one instance of Amazon Marketing Cloud.</Trans>} />
      <LinkTabs label={t`Clients and connections`} tabs={clientTabs()} />
      <ServerList<Client>
        name="clients"
        label={t`Clients`}
        path={clientPath}
        columns={columns}
        views={[
          { name: t`All`, search: {} },
          { name: t`Active`, search: { active: "true" } },
          { name: t`Favourites`, search: { favourite: "true" } },
        ]}
        filters={[
          { id: "active", label: t`State`, choices: [{ value: "true", label: t`Active` }, { value: "false", label: t`Inactive` }] },
          {
            id: "connection_id",
            label: t`Connection`,
            choices: connections.rows.map(({ id, name }) => ({ value: id, label: name })),
          },
        ]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        sorted="name"
        placeholder={t`Name, brand or AMC id`}
        rowId={(row) => row.id}
        rowLabel={(row) => row.name}
        onOpen={(row) => void navigate({ to: "/amc/clients/$clientId", params: { clientId: row.id } })}
        peek={(row) => <ClientPeek client={row} />}
        empty={
          <EmptyState
            title={<Trans>No client yet</Trans>}
            action={
              <Link to="/amc/connections" className={buttonClass("primary")}>
                <Plug size={13} aria-hidden />
                <Trans>Connect an Amazon account</Trans>
              </Link>
            }
          >
            <Trans>Sign in with Amazon once; the instances of that account appear here by themselves.</Trans>
          </EmptyState>
        }
      />
    </>
  );
}
