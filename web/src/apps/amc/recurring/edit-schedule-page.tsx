import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import { patch } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { FormRefusal } from "@/ui/field";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState, NoPermission } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { permissions } from "../permissions";
import { forgetSchedulePlan, startFromSchedule } from "./plan";
import { bodyOf } from "./saving";
import { ScheduleSteps, type Ready } from "./schedule-steps";
import type { Schedule } from "./types";
import { schedulePath, useSchedule } from "./use-schedule";

const route = getRouteApi("/app/amc/runs/schedules/$scheduleId/edit");

/** Changes a schedule in the steps it was made in. */
export function EditSchedulePage() {
  const { scheduleId } = route.useParams();
  const can = useCan();
  const { data, error, isPending, refetch } = useSchedule(scheduleId);
  useTitle(data === undefined ? t`Schedule` : t`Change ${data.name}`);
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!can(...permissions.edit)) {
    return <NoPermission whole detail={t`Changing a schedule needs a permission of its own.`} permission={permissions.edit[0]} />;
  }
  return <Change schedule={data} />;
}

function Change({ schedule }: { schedule: Schedule }) {
  const { step } = route.useSearch();
  const go = route.useNavigate();
  const start = useMemo(() => startFromSchedule(schedule), [schedule]);
  return (
    <ScheduleSteps
      start={start}
      above={
        <Link to="/amc/runs/schedules/$scheduleId" params={{ scheduleId: schedule.id }} className="hover:text-ink">
          {schedule.name}
        </Link>
      }
      step={step}
      onStep={(next) => void go({ search: { step: next } })}
      end={(ready) => <Save schedule={schedule} ready={ready} />}
    />
  );
}

function Save({ schedule, ready }: { schedule: Schedule; ready: Ready }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [refusal, setRefusal] = useState<string>();
  const back = () => {
    forgetSchedulePlan(schedule.id);
    void navigate({ to: "/amc/runs/schedules/$scheduleId", params: { scheduleId: schedule.id } });
  };
  const save = useAct({
    work: () =>
      patch<Schedule>(`${schedulePath}/${schedule.id}`, bodyOf(startFromSchedule(schedule), ready), { version: schedule.version }),
    refresh: [[schedulePath, "list"], [`${schedulePath}/preview`], ["/amc/home"]],
    done: ({ name }) => t`${name} is changed; it counts from now`,
    refused: t`The schedule stays as it was`,
    onDone: (saved) => {
      queries.setQueryData([schedulePath, schedule.id], saved);
      back();
    },
    onRefused: (problem) => {
      if (problem.status === 412) void queries.invalidateQueries({ queryKey: [schedulePath, schedule.id] });
      setRefusal(
        problem.status === 412
          ? t`Somebody else changed this schedule meanwhile. What you filled in is kept: look it over and save again.`
          : (problem.errors[0]?.hint ?? problem.said),
      );
    },
  });
  return (
    <>
      <FormRefusal message={refusal} />
      <div className="flex flex-wrap gap-8">
        <Button tone="primary" size="normal" busy={save.isPending} disabled={ready.plan.name.trim() === ""} onClick={() => save.mutate()}>
          <Trans>Save</Trans>
        </Button>
        <Button size="normal" onClick={back}>
          <Trans>Leave it as it was</Trans>
        </Button>
      </div>
    </>
  );
}
