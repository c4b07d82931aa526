import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense, type ReactNode } from "react";

import { useLive } from "@/kernel/live";
import { useTitle } from "@/kernel/title";
import { Badge } from "@/ui/badge";
import { PageHead, Section, Sheet } from "@/ui/page";
import { PageSkeleton, RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { Tabs } from "@/ui/tabs";

import { SqlView } from "../editor/sql-view";
import { HistorySection } from "../history/history-section";
import { WhichDays } from "../results/which-days";
import type { Run } from "../types";
import { isOpen, RunBadge } from "../words";
import { RunActions } from "./run-actions";
import { RunFacts } from "./run-facts";
import { RunName } from "./run-name";
import { RunProblem } from "./run-problem";
import { RunValues } from "./run-values";
import { UnderWay } from "./under-way";
import { useRun } from "./use-run";

const Deliveries = lazy(() => import("../destinations/deliveries").then((file) => ({ default: file.Deliveries })));
const ResultsTab = lazy(() => import("../results/results-tab").then((file) => ({ default: file.ResultsTab })));
const PivotTab = lazy(() => import("../results/pivot-tab").then((file) => ({ default: file.PivotTab })));
const ChartsTab = lazy(() => import("../results/charts-tab").then((file) => ({ default: file.ChartsTab })));

const route = getRouteApi("/app/amc/runs/$runId");

export function RunPage() {
  const { runId } = route.useParams();
  const { data, error, isPending, refetch } = useRun(runId);
  useTitle(data?.name ?? t`Run`);
  useLive({
    module: "amc",
    about: ({ aggregate_id }) => aggregate_id === runId,
    // What was read of an ended run never changes.
    refresh: data !== undefined && !isOpen(data.state) ? [] : [["/amc/runs", runId]],
  });
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Record run={data} />;
}

function Record({ run }: { run: Run }) {
  const { tab, columns } = route.useSearch();
  const go = route.useNavigate();
  const rows = run.state === "succeeded" && !run.dry_run && run.result_gone_at === null;
  const first = rows ? "rows" : "query";
  const part = (children: ReactNode) => <Suspense fallback={<RowsSkeleton rows={6} />}>{children}</Suspense>;
  return (
    <>
      <PageHead
        above={
          <>
            <Link to="/amc/runs" className="hover:text-ink">
              <Trans>Runs</Trans>
            </Link>
            <span aria-hidden>/</span>
            <span>{run.instance.name}</span>
          </>
        }
        title={<RunName name={run.name} />}
        beside={
          <>
            <RunBadge state={run.state} />
            {run.dry_run && (
              <Badge tone="draft">
                <Trans>Dry run</Trans>
              </Badge>
            )}
            {run.require_synthetic_data && (
              <Badge tone="draft">
                <Trans>Made-up data</Trans>
              </Badge>
            )}
          </>
        }
        actions={<RunActions run={run} />}
      />
      {run.state === "failed" && <RunProblem run={run} />}
      {isOpen(run.state) && <UnderWay run={run} />}
      {run.dry_run && run.state === "succeeded" && (
        <p className="mb-21 rounded-5 bg-ok-soft px-13 py-8 text-12 text-ok">
          <Trans>AMC would take this query. No row was read.</Trans>
        </p>
      )}
      {run.result_gone_at !== null && (
        <p className="mb-21 rounded-5 bg-sunken px-13 py-8 text-12">
          <Trans>Its rows are no longer kept. Run it again to read them anew.</Trans>
        </p>
      )}
      <Tabs
        label={t`Parts of this run`}
        value={tab ?? first}
        onChange={(next) => void go({ search: { columns, tab: next === first ? undefined : next }, replace: true })}
        tabs={[
          ...(rows
            ? [
                { value: "rows", label: <Trans>Rows</Trans>, content: part(<ResultsTab run={run} columns={columns} onColumns={(next) => void go({ search: { tab, columns: next }, replace: true })} />) },
                { value: "pivot", label: <Trans>Pivot</Trans>, content: part(<HasRows run={run}><PivotTab run={run} /></HasRows>) },
                { value: "charts", label: <Trans>Charts</Trans>, content: part(<HasRows run={run}><ChartsTab run={run} /></HasRows>) },
              ]
            : []),
          { value: "query", label: <Trans>Query and timing</Trans>, content: <About run={run} /> },
        ]}
      />
    </>
  );
}

function HasRows({ run, children }: { run: Run; children: ReactNode }) {
  if ((run.row_count ?? 0) > 0 && (run.columns ?? []).length > 0) return <>{children}</>;
  return (
    <EmptyState title={<Trans>No row came back</Trans>}>
      <WhichDays run={run} />
    </EmptyState>
  );
}

function About({ run }: { run: Run }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-34 md:grid-cols-[minmax(0,1fr)_minmax(0,1.618fr)]">
      <div className="min-w-0">
        <Section title={<Trans>Facts</Trans>}>
          <Sheet className="px-13 py-5">
            <RunFacts run={run} />
          </Sheet>
        </Section>
        <Section title={<Trans>Values</Trans>}>
          <Sheet className="px-13 py-5">
            <RunValues run={run} />
          </Sheet>
        </Section>
        {run.state === "succeeded" && !run.dry_run && (
          <Suspense>
            <Deliveries run={run} />
          </Suspense>
        )}
        <HistorySection id={run.id} />
      </div>
      <Section title={<Trans>Query</Trans>} className="min-w-0">
        {run.sql === null ? (
          <p className="text-12 text-muted">
            <Trans>The workflow is private: its query and values are its owner's.</Trans>
          </p>
        ) : (
          <SqlView sql={run.sql} className="max-h-[75dvh]" />
        )}
      </Section>
    </div>
  );
}
