import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { useCommands } from "@/kernel/commands";
import { useLive } from "@/kernel/live";
import { useCan } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { Badge } from "@/ui/badge";
import { Button, buttonClass, Key } from "@/ui/button";
import { PageHead, Section, Sheet } from "@/ui/page";
import { PageSkeleton, RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { Tabs } from "@/ui/tabs";

import { HistorySection } from "../history/history-section";
import { permissions } from "../permissions";
import type { Client } from "../types";
import { ClientState } from "./client-columns";
import { ClientFacts } from "./client-facts";
import { FavouriteButton } from "./favourite-button";
import { clientPath, useClient } from "./use-client";

const ClientSettings = lazy(() => import("./client-settings").then((file) => ({ default: file.ClientSettings })));
const MappingTab = lazy(() => import("./mapping-tab").then((file) => ({ default: file.MappingTab })));
const ClientRuns = lazy(() => import("./client-runs").then((file) => ({ default: file.ClientRuns })));

const route = getRouteApi("/app/amc/clients/$clientId");

export function ClientPage() {
  const { clientId } = route.useParams();
  const { data, error, isPending, refetch } = useClient(clientId);
  useTitle(data?.name ?? t`Client`);
  useLive({ module: "amc", refresh: [[clientPath, clientId]] });
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Record client={data} />;
}

function Record({ client }: { client: Client }) {
  const { tab = "overview" } = route.useSearch();
  const go = route.useNavigate();
  const navigate = useNavigate();
  const can = useCan();
  const [setting, setSetting] = useState(false);
  const mayRun = can(...permissions.run) && client.gone_at === null;
  const run = () =>
    void navigate({ to: "/amc/clients/$clientId/run", params: { clientId: client.id }, search: { step: 1 } });
  useCommands("amc.client", mayRun ? [{ id: "run", label: t`Run a query`, key: "r", group: client.name, run }] : []);
  return (
    <>
      <PageHead
        above={
          <Link to="/amc/clients" className="hover:text-ink">
            <Trans>Clients</Trans>
          </Link>
        }
        title={client.name}
        beside={
          <>
            <FavouriteButton client={client} />
            <ClientState client={client} />
            {client.connection.is_twin && (
              <Badge tone="info">
                <Trans>Local AMC</Trans>
              </Badge>
            )}
            {client.is_sandbox && (
              <Badge tone="info">
                <Trans>AMC sandbox</Trans>
              </Badge>
            )}
          </>
        }
        actions={
          <>
            {can(...permissions.manage) && (
              <Button onClick={() => setSetting(true)}>
                <Trans>Set up</Trans>
              </Button>
            )}
            {mayRun && (
              <Link
                to="/amc/clients/$clientId/run"
                params={{ clientId: client.id }}
                search={{ step: 1 }}
                preload="intent"
                className={buttonClass("primary")}
              >
                <Play size={13} aria-hidden />
                <Trans>Run a query</Trans>
                <Key>r</Key>
              </Link>
            )}
          </>
        }
      />
      <Tabs
        label={t`Parts of this client`}
        value={tab}
        onChange={(next) => void go({ search: next === "overview" ? {} : { tab: next }, replace: true })}
        tabs={[
          { value: "overview", label: <Trans>Overview</Trans>, content: <Overview client={client} /> },
          {
            value: "mapping",
            label: <Trans>Mapping</Trans>,
            content: (
              <Suspense fallback={<RowsSkeleton rows={5} />}>
                <MappingTab client={client} />
              </Suspense>
            ),
          },
          {
            value: "runs",
            label: <Trans>Runs</Trans>,
            content: (
              <Suspense fallback={<RowsSkeleton rows={5} />}>
                <ClientRuns clientId={client.id} />
              </Suspense>
            ),
          },
        ]}
      />
      <Suspense>{setting && <ClientSettings client={client} onClose={() => setSetting(false)} />}</Suspense>
    </>
  );
}

function Overview({ client }: { client: Client }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-34 md:grid-cols-[minmax(0,1fr)_minmax(0,1.618fr)]">
      <div>
        <Section title={<Trans>Facts</Trans>}>
          <Sheet className="px-13 py-5">
            <ClientFacts client={client} />
          </Sheet>
        </Section>
        <HistorySection id={client.id} />
      </div>
      <Section title={<Trans>Last runs</Trans>}>
        <Suspense fallback={<RowsSkeleton rows={5} />}>
          <ClientRuns clientId={client.id} />
        </Suspense>
      </Section>
    </div>
  );
}
