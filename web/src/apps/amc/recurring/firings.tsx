import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { formatInstant } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";

import { RunBadge } from "../words";
import type { Firing, Schedule } from "./types";
import { schedulePath } from "./use-schedule";

/** What became of its instants, the newest first: runs, what was left out, what was refused. */
export function Firings({ schedule }: { schedule: Schedule }) {
  return (
    <RecordList<Firing>
      path={`${schedulePath}/${schedule.id}/runs`}
      rowKey={({ fire_at, kind }) => `${fire_at} ${kind}`}
      row={(firing) => <FiringLine firing={firing} zone={schedule.time_zone} />}
      empty={
        <EmptyState title={<Trans>It has not fired yet</Trans>}>
          <Trans>A trial runs what it would run now, without counting.</Trans>
        </EmptyState>
      }
    />
  );
}

function FiringLine({ firing, zone }: { firing: Firing; zone: string }) {
  const when = formatInstant(firing.fire_at, zone);
  return (
    <Line
      title={
        firing.run_id === null ? (
          when
        ) : (
          <Link to="/amc/runs/$runId" params={{ runId: firing.run_id }} preload="intent" className="hover:underline">
            {when}
          </Link>
        )
      }
      detail={
        <>
          {firing.kind === "extra" && <span>{t`Out of turn`}</span>}
          {firing.reason !== null && <span className="text-bad">{firing.reason}</span>}
        </>
      }
      state={<Outcome firing={firing} />}
    />
  );
}

function Outcome({ firing }: { firing: Firing }) {
  if (firing.outcome === "skipped") return <Badge tone="ended">{t`Left out`}</Badge>;
  if (firing.outcome === "refused") return <Badge tone="bad">{t`Refused`}</Badge>;
  return firing.run_state === null ? <Badge tone="ended">{t`Run is gone`}</Badge> : <RunBadge state={firing.run_state} />;
}
