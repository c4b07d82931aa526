import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { Section } from "@/ui/page";
import { ErrorState } from "@/ui/states";

import type { AccountUsage } from "../accounts/types";
import type { Card } from "../status-types";
import type { Account } from "../types";
import { Figure } from "./cards";
import { MoneyFigure } from "./money-figure";

const count = (value: number | null | undefined): Card => ({ value: value ?? null, unit: "count", level: null });

/** What all tenants of one client account come to; what nothing measures says so. */
export function AccountRollUp({ accountId }: { accountId: string }) {
  const account = useQuery({
    queryKey: ["/admin/accounts", accountId],
    queryFn: ({ signal }) => get<Account>(`/admin/accounts/${accountId}`, { signal }),
  });
  const usage = useQuery({
    queryKey: ["/admin/accounts", accountId, "usage"],
    queryFn: ({ signal }) => get<AccountUsage>(`/admin/accounts/${accountId}/usage`, { signal }),
  });
  const jobs = useCount("/admin/jobs", accountId);
  const firing = useFiring(accountId);
  const failed = account.error ?? usage.error;
  if (failed !== null) {
    return <ErrorState error={failed} onRetry={() => void Promise.all([account.refetch(), usage.refetch()])} />;
  }
  const used = (name: string) => count(usage.data?.items.find((item) => item.name === name)?.used);
  return (
    <Section title={account.data === undefined ? <Trans>All its tenants</Trans> : <Trans>All tenants of {account.data.name}</Trans>}>
      <div className="grid grid-cols-2 gap-8 sm:grid-cols-3 md:grid-cols-4 md:gap-13">
        <Figure label={t`Tenants`} card={count(account.data?.tenant_count)} />
        <Figure label={t`Active tenants`} card={count(account.data?.active_tenant_count)} />
        <Figure label={t`Members`} card={count(account.data?.member_count)} />
        <Figure label={t`Calls this month`} card={used("calls_per_month")} />
        <Figure label={t`Storage in GB`} card={used("storage_gb")} />
        <Figure label={t`Jobs that gave up`} card={count(jobs)} />
        <Figure label={t`Alerts that fire`} card={count(firing)} />
        <MoneyFigure label={t`Money under way`} money={usage.data?.money_under_way} />
      </div>
      <p className="label mt-8">
        <Trans>Money under way was paid by members, and is neither paid out nor back yet. Sandboxes have none.</Trans>
      </p>
      {usage.data?.is_whole === false && (
        <p className="label mt-8">
          <Trans>Calls, storage and money are added up over its oldest {usage.data.tenant_count} tenants; there are more.</Trans>
        </p>
      )}
    </Section>
  );
}

/** Without the right to read them there is no figure. */
function useCount(path: string, accountId: string): number | null {
  const { data } = useQuery({
    queryKey: [path, "count", accountId],
    queryFn: ({ signal }) => get<Page<unknown>>(path, { signal, query: { account_id: accountId, limit: 1, count: true } }),
  });
  return data?.count?.value ?? null;
}

/** This list has no count; more than a page of alerts at once is told as the page. */
function useFiring(accountId: string): number | null {
  const { data } = useQuery({
    queryKey: ["/admin/alerts", "firing", accountId],
    queryFn: ({ signal }) => get<Page<unknown>>("/admin/alerts", { signal, query: { account_id: accountId, state: "firing", limit: 200 } }),
  });
  return data?.items.length ?? null;
}
