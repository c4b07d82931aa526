import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";

import { get } from "@/kernel/client";
import { formatShort } from "@/kernel/time";
import { Section, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import type { Usage } from "../types";
import { figure, word } from "../word";

export function limitWord(name: string): string {
  const words: Record<string, string> = {
    calls_per_minute: t`Calls a minute`,
    calls_per_hour: t`Calls an hour`,
    calls_per_month: t`Calls a month`,
    users: t`People, without participants`,
    storage_gb: t`Storage in GB`,
  };
  return words[name] ?? word(name);
}

/** What the tenant may use and, where something measures it, what it uses. */
export function UsageSection({ tenantId }: { tenantId: string }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/admin/tenants", tenantId, "usage"],
    queryFn: ({ signal }) => get<Usage>(`/admin/tenants/${tenantId}/usage`, { signal }),
  });
  return (
    <Section title={<Trans>Usage and limits</Trans>}>
      <Sheet>
        {isPending ? (
          <RowsSkeleton rows={5} />
        ) : error !== null ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Table usage={data} />
        )}
      </Sheet>
    </Section>
  );
}

function Table({ usage }: { usage: Usage }) {
  const cell = "px-13 py-8 sm:px-21";
  return (
    <>
      <table className="w-full text-12">
        <thead className="text-muted">
          <tr className="border-b border-line">
            <th scope="col" className={clsx(cell, "text-left font-medium")}>
              <Trans>Limit</Trans>
            </th>
            <th scope="col" className={clsx(cell, "text-right font-medium")}>
              <Trans>Used</Trans>
            </th>
            <th scope="col" className={clsx(cell, "text-right font-medium")}>
              <Trans>Allowed</Trans>
            </th>
          </tr>
        </thead>
        <tbody>
          {usage.items.map((item) => (
            <tr key={item.name} className="border-b border-line">
              <th scope="row" className={clsx(cell, "text-left font-normal")}>
                {limitWord(item.name)}
                {item.is_own && (
                  <span className="ml-8 text-muted">
                    <Trans>agreed for this tenant</Trans>
                  </span>
                )}
              </th>
              <td className={clsx(cell, "text-right", item.used === null && "text-muted")}>{figure(item.used)}</td>
              <td className={clsx(cell, "text-right")}>{item.allowed === null ? t`no bound` : figure(item.allowed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="label px-13 py-8 sm:px-21">
        <Trans>API keys in force: {usage.key_count}.</Trans>{" "}
        {usage.key_last_used_at === null ? (
          <Trans>None was used so far.</Trans>
        ) : (
          <Trans>Last used {formatShort(usage.key_last_used_at)}.</Trans>
        )}
      </p>
    </>
  );
}
