import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { get } from "@/kernel/client";
import { formatDay } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { PageHead, Section, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { AccountUsage } from "../accounts/account-usage";
import { useAccount } from "../accounts/use-account";
import { FigureTable } from "../figure-table";
import { figure } from "../word";
import { DayBars } from "./day-bars";
import { PageSpeed } from "./page-speed";
import type { CallReport, TenantCalls, TrafficDay } from "./types";

/** How much the installation is used: by day, and by tenant. It counts requests, never people. */
export function AnalyticsPage() {
  useTitle(t`Analytics`);
  const account = useAccount();
  return (
    <>
      <PageHead
        title={<Trans>Analytics</Trans>}
        below={<Trans>How much is asked of this installation, and by whose applications. Requests are counted, people are not.</Trans>}
      />
      {account === undefined ? (
        <Section title={<Trans>Requests in thirty days</Trans>}>
          <Traffic />
        </Section>
      ) : (
        <AccountUsage accountId={account} />
      )}
      <Section title={<Trans>Calls of applications</Trans>} hint={<Trans>With an API key, by calendar month (UTC); the fifty that call most.</Trans>}>
        <Calls account={account} />
      </Section>
      {account === undefined && (
        <Section
          title={<Trans>How fast the page feels</Trans>}
          hint={
            <Trans>
              What three of four visits stayed below, in seven days, by the page they began on. One visit in four is measured; nobody is told apart,
              and pages of members, suppliers and the public are left out.
            </Trans>
          }
        >
          <PageSpeed />
        </Section>
      )}
    </>
  );
}

function Traffic() {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/admin/traffic"],
    queryFn: ({ signal }) => get<{ items: TrafficDay[] }>("/admin/traffic", { signal }),
  });
  if (isPending) return <RowsSkeleton rows={6} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const days = data.items;
  const measured = days.filter(({ requests }) => requests !== null);
  if (measured.length === 0) {
    return (
      <Sheet>
        <EmptyState title={<Trans>Nothing was measured yet</Trans>}>
          <Trans>The worker takes a sample every ten seconds; look again in a minute.</Trans>
        </EmptyState>
      </Sheet>
    );
  }
  return (
    <Sheet>
      <div className="p-13 sm:p-21">
        <DayBars days={days} />
      </div>
      <details className="border-t border-line">
        <summary className="cursor-pointer px-13 py-8 text-12 text-muted hover:text-ink sm:px-21">
          <Trans>Every day in figures</Trans>
        </summary>
        <FigureTable
          caption={t`Requests in thirty days`}
          heads={[t`Day`, t`Requests`, t`Errors`, t`95 of 100 below, ms`]}
          rows={measured.toReversed()}
          rowKey={({ day }) => day}
          cells={(day) => [formatDay(day.day), figure(day.requests), figure(day.errors), figure(day.p95_ms === null ? null : Math.round(day.p95_ms))]}
        />
      </details>
    </Sheet>
  );
}

function Calls({ account }: { account: string | undefined }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/admin/calls", account],
    queryFn: ({ signal }) => get<CallReport>("/admin/calls", { signal, query: { account_id: account } }),
  });
  if (isPending) return <RowsSkeleton rows={4} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.items.length === 0) {
    return (
      <Sheet>
        <EmptyState title={<Trans>No application has called yet</Trans>}>
          <Trans>Calls are counted once a tenant&rsquo;s program uses its API key.</Trans>
        </EmptyState>
      </Sheet>
    );
  }
  return (
    <Sheet>
      <FigureTable
        caption={t`Calls of applications`}
        heads={[t`Tenant`, t`This month`, t`Last month`, t`Of its plan`]}
        rows={data.items}
        rowKey={({ tenant_id: id }) => id}
        cells={(row) => [
          <Link key="name" to="/console/tenants/$tenantId" params={{ tenantId: row.tenant_id }} search={{}} className="text-link hover:underline">
            {row.name}
          </Link>,
          figure(row.calls),
          figure(row.calls_before),
          share(row),
        ]}
      />
    </Sheet>
  );
}

function share({ calls, allowed }: TenantCalls): string {
  if (allowed === null) return t`no bound`;
  return `${Math.round((100 * calls) / allowed).toLocaleString("en-GB")} %`;
}
