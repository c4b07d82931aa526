import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";

import { useKeysetList } from "@/kernel/list";
import { useLive } from "@/kernel/live";
import { formatShort } from "@/kernel/time";
import { buttonClass } from "@/ui/button";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { count, took, windowText } from "../figures";
import type { RunItem, Workflow } from "../types";
import { RunBadge } from "../words";

const shown = 20;

/** What came of this query so far: its newest runs, and the way to all of them. */
export function RunsPanel({ workflow }: { workflow: Workflow }) {
  const list = useKeysetList<RunItem>("/amc/runs", { workflow_id: workflow.id });
  useLive({ module: "amc", about: ({ name }) => name.startsWith("amc.run_"), refresh: [["/amc/runs", "list"]] });
  if (list.pending) return <RowsSkeleton rows={5} />;
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.rows.length === 0) {
    return (
      <p className="label">
        <Trans>It was not run yet. Each run stands here, with what it read and how long it took.</Trans>
      </p>
    );
  }
  return (
    <>
      <ol className="text-12">
        {list.rows.slice(0, shown).map((run) => (
          <RunEntry key={run.id} run={run} current={workflow.number} />
        ))}
      </ol>
      <Link to="/amc/runs" search={{ workflow_id: workflow.id }} preload="intent" className={`${buttonClass("plain")} mt-13`}>
        <Trans>All runs of it</Trans>
        <ArrowRight size={13} aria-hidden />
      </Link>
    </>
  );
}

function RunEntry({ run, current }: { run: RunItem; current: number }) {
  const lasted = took(run.submitted_at, run.finished_at);
  const version = run.workflow?.number ?? current;
  return (
    <li className="border-b border-line py-8 last:border-0">
      <div className="flex items-start justify-between gap-8">
        <Link to="/amc/runs/$runId" params={{ runId: run.id }} preload="intent" className="min-w-0 font-medium break-words hover:underline">
          {run.instance.name}
        </Link>
        <RunBadge state={run.state} />
      </div>
      <p>{windowText(run.window_start, run.window_end)}</p>
      <p className="label flex flex-wrap gap-x-8">
        <span>{formatShort(run.created_at)}</span>
        {lasted !== null && <span>{lasted}</span>}
        {run.row_count !== null && <Plural value={run.row_count} one={`${count(1)} row`} other={`${count(run.row_count)} rows`} />}
        {version !== current && (
          <span>
            <Trans>of version {version}</Trans>
          </span>
        )}
      </p>
      {run.state === "failed" && run.problem !== null && <p className="break-words text-bad">{run.problem.message}</p>}
    </li>
  );
}
