import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";

import { formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Facts, PageHead, Section, Sheet } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { StaleBadge } from "../dashboard/stale-badge";
import { usePolled } from "../dashboard/use-status";
import { FigureTable } from "../figure-table";
import type { DatabaseState } from "../status-types";
import { figure, word } from "../word";
import { bytes, share } from "./sizes";

export function DatabasePage() {
  useTitle(t`Database`);
  const { data, error, pending, at, retry } = usePolled<DatabaseState>("/admin/database");
  if (pending) return <PageSkeleton />;
  if (data === undefined) return <ErrorState error={error} onRetry={retry} />;
  const { server } = data;
  return (
    <>
      <PageHead
        title={<Trans>Database</Trans>}
        beside={<StaleBadge at={at} />}
        below={
          <span className="text-12">
            <Trans>
              PostgreSQL {server.version}, up since {formatShort(server.started_at)}.
            </Trans>
          </span>
        }
      />
      <div className="mb-34 grid gap-x-34 gap-y-34 md:grid-cols-[minmax(0,1fr)_minmax(0,1.618fr)]">
        <div className="min-w-0">
          <Section title={<Trans>The home database</Trans>}>
            <Sheet className="px-13 py-5 sm:px-21">
              <Facts
                dense
                facts={[
                  [t`Size`, bytes(server.size_bytes)],
                  [t`Connections`, `${figure(server.connections)} / ${figure(server.max_connections)}`],
                  [t`Found in memory`, share(server.cache_hit_percent)],
                  [t`Transactions`, figure(server.commits)],
                  [t`Rolled back`, figure(server.rollbacks)],
                  [t`Deadlocks`, figure(server.deadlocks)],
                  [t`Counted since`, server.counted_since === null ? t`the server's start` : formatShort(server.counted_since)],
                ]}
              />
            </Sheet>
          </Section>
          <Section title={<Trans>Connections by role</Trans>}>
            <Sheet className="px-13 py-5 sm:px-21">
              <Facts dense facts={data.roles.map(({ role, connections }) => [role, figure(connections)] as const)} />
            </Sheet>
          </Section>
          <Section title={<Trans>What follows its log</Trans>}>
            <Replicas replicas={data.replicas} />
          </Section>
        </div>
        <div className="min-w-0">
          <Section title={<Trans>Pools of the process that answers</Trans>}>
            <Sheet>
              <FigureTable
                caption={t`Pools of the process that answers`}
                heads={[t`Pool`, t`In use`, t`Open`, t`At most`]}
                rows={data.pools}
                rowKey={(pool) => pool.name}
                cells={(pool) => [word(pool.name), figure(pool.in_use), figure(pool.open), figure(pool.most)]}
              />
            </Sheet>
          </Section>
          <Section title={<Trans>Largest tables</Trans>}>
            <Sheet>
              <FigureTable
                caption={t`Largest tables`}
                heads={[t`Table`, t`Size`, t`Rows, about`, t`Dead rows`]}
                rows={data.tables}
                rowKey={(table) => table.name}
                cells={(table) => [
                  <code key="name" className="font-mono">
                    {table.name}
                  </code>,
                  bytes(table.bytes),
                  figure(table.rows),
                  figure(table.dead_rows),
                ]}
              />
            </Sheet>
          </Section>
        </div>
      </div>
      <Section title={<Trans>Slowest statements, by their mean</Trans>}>
        <Statements statements={data.statements} />
      </Section>
    </>
  );
}

function NoData({ children }: { children: ReactNode }) {
  return (
    <Sheet className="p-13 sm:px-21">
      <p className="text-16 text-muted">
        <Trans>no data</Trans>
      </p>
      <p className="label">{children}</p>
    </Sheet>
  );
}

function Replicas({ replicas }: Pick<DatabaseState, "replicas">) {
  if (replicas === null) {
    return (
      <NoData>
        <Trans>No server follows this one.</Trans>
      </NoData>
    );
  }
  return (
    <Sheet className="px-13 py-5 sm:px-21">
      <Facts
        dense
        facts={replicas.map(
          ({ name, state, lag_seconds: lag }) =>
            [
              name === "pg_receivewal" ? t`The archive of its log` : name,
              // One that may not be looked into is still seen to be there.
              [state ?? t`connected`, lag === null ? null : t`${lag.toFixed(1)} s behind`].filter((part) => part !== null).join(", "),
            ] as const,
        )}
      />
    </Sheet>
  );
}

function Statements({ statements }: Pick<DatabaseState, "statements">) {
  if (statements === null) {
    return (
      <NoData>
        <Trans>The extension pg_stat_statements, which measures them, is not there.</Trans>
      </NoData>
    );
  }
  return (
    <Sheet>
      <FigureTable
        caption={t`Slowest statements, by their mean`}
        heads={[t`Statement`, t`Calls`, t`Mean, ms`, t`In all, ms`]}
        rows={statements}
        rowKey={(row) => row.statement}
        cells={(row) => [
          <code key="statement" className="block max-w-618 font-mono break-words">
            {row.statement}
          </code>,
          figure(row.calls),
          row.mean_ms.toFixed(1),
          figure(row.total_ms),
        ]}
      />
    </Sheet>
  );
}
