import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { useLive } from "@/kernel/live";
import { formatInstant } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { PageHead, Section, Sheet } from "@/ui/page";
import { PageSkeleton, RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { Tabs } from "@/ui/tabs";

import { HistorySection } from "../history/history-section";
import { useWorkflow } from "../library/use-workflow";
import { begin, tablesOf } from "../parameters/values";
import { Calendar } from "./calendar";
import { Counters } from "./counters";
import { Firings } from "./firings";
import { pauseText } from "./pause-words";
import { rhythmText } from "./rhythm-words";
import { ScheduleActions } from "./schedule-actions";
import { ScheduleBadge } from "./schedule-badge";
import { ScheduleFacts } from "./schedule-facts";
import type { Schedule } from "./types";
import { schedulePath, usePreview, useSchedule } from "./use-schedule";

const AlertsOf = lazy(() => import("../alerts/alerts-of").then((file) => ({ default: file.AlertsOf })));
const route = getRouteApi("/app/amc/runs/schedules/$scheduleId");

export function SchedulePage() {
  const { scheduleId } = route.useParams();
  const { data, error, isPending, refetch } = useSchedule(scheduleId);
  useTitle(data?.name ?? t`Schedule`);
  // Its counters move with the ends of its runs, which are records of their own.
  useLive({ module: "amc", refresh: [[schedulePath, scheduleId], [`${schedulePath}/${scheduleId}/runs`, "list"]] });
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Record schedule={data} />;
}

function Record({ schedule }: { schedule: Schedule }) {
  const { tab = "overview" } = route.useSearch();
  const go = route.useNavigate();
  return (
    <>
      <PageHead
        above={
          <>
            <Link to="/amc/runs/schedules" className="hover:text-ink">
              <Trans>Schedules</Trans>
            </Link>
            <span aria-hidden>/</span>
            <span>{schedule.instance.name}</span>
          </>
        }
        title={schedule.name}
        beside={<ScheduleBadge schedule={schedule} />}
        below={rhythmText(schedule.kind)}
        actions={<ScheduleActions schedule={schedule} />}
      />
      {schedule.pause_reason !== null && (
        <p role="status" className="mb-21 rounded-5 bg-warn-soft px-13 py-8 text-12 text-ink">
          {pauseText(schedule.pause_reason)}
        </p>
      )}
      <Tabs
        label={t`Parts of this schedule`}
        value={tab}
        onChange={(next) => void go({ search: next === "overview" ? {} : { tab: next }, replace: true })}
        tabs={[
          { value: "overview", label: <Trans>Overview</Trans>, content: <Overview schedule={schedule} /> },
          { value: "runs", label: <Trans>Runs of it</Trans>, content: <Firings schedule={schedule} /> },
          {
            value: "alerts",
            label: <Trans>Alerts</Trans>,
            content: (
              <Suspense fallback={<RowsSkeleton rows={3} />}>
                <AlertsOf
                  subject={{ kind: "schedule", id: schedule.id, name: schedule.name, workflowId: schedule.workflow.id }}
                />
              </Suspense>
            ),
          },
        ]}
      />
    </>
  );
}

function Overview({ schedule }: { schedule: Schedule }) {
  const { kind, window, time_zone, instance, state, next_fire_at } = schedule;
  // The query tells how old its data must be; of somebody else's private one nothing is known.
  const { data: workflow, isPending } = useWorkflow(schedule.workflow.id);
  const asked = workflow === undefined ? {} : { sql: workflow.sql, tables: tablesOf(workflow.parameters, begin(workflow.parameters, schedule.values)) };
  const preview = usePreview({ kind, window, time_zone, instance_id: instance.id, ...asked }, next_fire_at, !isPending);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-34 md:grid-cols-[minmax(0,1fr)_minmax(0,1.618fr)]">
      <div className="min-w-0">
        <Section title={<Trans>How it went</Trans>}>
          <Counters schedule={schedule} />
        </Section>
        <Section title={<Trans>Facts</Trans>}>
          <Sheet className="px-13 py-5">
            <ScheduleFacts schedule={schedule} />
          </Sheet>
        </Section>
        <HistorySection id={schedule.id} />
      </div>
      <Section
        title={
          state === "active" && next_fire_at !== null ? (
            <Trans>Next {formatInstant(next_fire_at, time_zone)}</Trans>
          ) : (
            <Trans>What would come next, if it went on</Trans>
          )
        }
      >
        <Sheet className="p-13">
          <Calendar data={preview.data} error={preview.error} zone={time_zone} />
        </Sheet>
      </Section>
    </div>
  );
}
