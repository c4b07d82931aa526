import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { Line } from "@/ui/record-list";

import { took } from "../figures";
import type { RunItem } from "../types";
import { RunBadge } from "../words";
import { RunName } from "./run-name";

/** One run in a short list: its name, where, when, how long, and how it stands. */
export function RunLine({ run, withClient = true }: { run: RunItem; withClient?: boolean }) {
  const lasted = took(run.submitted_at, run.finished_at);
  return (
    <Line
      title={
        <Link to="/amc/runs/$runId" params={{ runId: run.id }} preload="intent" className="hover:underline">
          <RunName name={run.name} />
        </Link>
      }
      detail={
        <>
          {withClient && <span>{run.instance.name}</span>}
          <span>{formatShort(run.created_at)}</span>
          {lasted !== null && <span>{lasted}</span>}
          {run.row_count !== null && (
            <span>
              <Plural value={run.row_count} one="# row" other="# rows" />
            </span>
          )}
          {run.state === "failed" && run.problem !== null && <span className="truncate text-bad">{run.problem.message}</span>}
        </>
      }
      state={
        <>
          {run.dry_run && (
            <Badge tone="draft">
              <Trans>Dry run</Trans>
            </Badge>
          )}
          <RunBadge state={run.state} />
        </>
      }
    />
  );
}
