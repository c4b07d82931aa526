import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { asProblem } from "@/kernel/problem";
import { formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Badge, plainTone } from "@/ui/badge";
import { Banner } from "@/ui/banner";
import { Button } from "@/ui/button";
import { PageHead, Section } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { CubeSection } from "../cube/cube-section";
import { useAccount } from "../accounts/use-account";
import type { Card, Status } from "../status-types";
import { AccountRollUp } from "./account-roll-up";
import { Alerts } from "./alerts";
import { Firing } from "./firing";
import { Cards } from "./cards";
import { Checks, Services } from "./checks";
import { StaleBadge } from "./stale-badge";
import { usePolled } from "./use-status";

export function DashboardPage() {
  useTitle(t`Dashboard`);
  const status = usePolled<Status>("/admin/status");
  const tenants = useTenantCount();
  const account = useAccount();
  useCommands("console-dashboard", [
    { id: "refresh", label: t`Look again now`, key: ".", group: t`Dashboard`, run: status.retry },
  ]);
  if (status.pending) return <PageSkeleton />;
  if (status.data === undefined) return <ErrorState error={status.error} onRetry={status.retry} />;
  const { state, version, environment, sampled_at: sampledAt } = status.data;
  return (
    <>
      <PageHead
        title={<Trans>Dashboard</Trans>}
        beside={
          <>
            <Badge tone={plainTone(state)}>{state}</Badge>
            <StaleBadge at={status.at} />
          </>
        }
        below={
          <span className="text-12">
            <Trans>
              Version {version}, {environment}.
            </Trans>{" "}
            {sampledAt === null ? (
              <Trans>Nothing has been measured in the last minute.</Trans>
            ) : (
              <Trans>Measured {formatShort(sampledAt)}.</Trans>
            )}
          </span>
        }
        actions={
          <Button icon={<RotateCw size={13} aria-hidden />} shortcut="." onClick={status.retry}>
            <Trans>Look again</Trans>
          </Button>
        }
      />
      {status.error !== null && (
        <div className="mb-21 overflow-hidden rounded-8">
          <Banner tone="warn">
            <Trans>The last look failed: {asProblem(status.error).said} These are the last good figures.</Trans>
          </Banner>
        </div>
      )}
      <Firing />
      {account !== undefined && <AccountRollUp accountId={account} />}
      <CubeSection cube={status.data.cube} />
      <Section>
        <Cards status={status.data} tenants={tenants} />
      </Section>
      <Alerts />
      <div className="grid gap-x-34 md:grid-cols-2">
        <Checks checks={status.data.checks} />
        <Services services={status.data.services} />
      </div>
    </>
  );
}

/** How many tenants this operator looks after; without the right to read them there is no figure. */
function useTenantCount(): Card {
  const { data } = useQuery({
    queryKey: ["/admin/tenants", "count"],
    queryFn: ({ signal }) => get<Page<unknown>>("/admin/tenants", { signal, query: { limit: 1, count: true } }),
  });
  return { value: data?.count?.value ?? null, unit: "count", level: null };
}
