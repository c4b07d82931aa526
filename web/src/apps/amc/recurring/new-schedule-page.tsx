import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { Button, buttonClass } from "@/ui/button";
import { FormRefusal } from "@/ui/field";
import { PageSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState, NoPermission } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { useStillThere } from "../destinations/use-destinations";
import { permissions } from "../permissions";
import { useRun } from "../runs/use-run";
import type { Run } from "../types";
import { forgetSchedulePlan, startFromRun, type Start } from "./plan";
import { bodyOf } from "./saving";
import { ScheduleSteps, type Ready } from "./schedule-steps";
import type { Schedule } from "./types";
import { schedulePath } from "./use-schedule";

const route = getRouteApi("/app/amc/runs/schedules/new");

/** Repeats a run that succeeded: the same query and values, the window worked out anew each time. */
export function NewSchedulePage() {
  useTitle(t`New schedule`);
  const { run: runId } = route.useSearch();
  const can = useCan();
  const { data, error, isPending, refetch } = useRun(runId ?? "", runId !== undefined);
  if (!can(...permissions.edit)) {
    return <NoPermission whole detail={t`Making a schedule needs a permission of its own.`} permission={permissions.edit[0]} />;
  }
  if (runId === undefined || data?.workflow === null) return <NoRun />;
  if (data?.text_is_private === true) return <PrivateQuery run={data} />;
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <FromRun run={data} workflow={data.workflow} />;
}

function NoRun() {
  return (
    <EmptyState
      whole
      title={<Trans>Choose what is repeated</Trans>}
      action={
        <Link to="/amc/runs" search={{ state: "succeeded" }} className={buttonClass("primary")}>
          <Trans>Choose a run that succeeded</Trans>
        </Link>
      }
    >
      <Trans>A schedule begins with a run of a saved workflow: open it and make it recurring.</Trans>
    </EmptyState>
  );
}

function PrivateQuery({ run }: { run: Run }) {
  return (
    <EmptyState
      whole
      title={<Trans>This cannot be repeated by you</Trans>}
      action={
        <Link to="/amc/runs/$runId" params={{ runId: run.id }} className={buttonClass("primary")}>
          <Trans>Back to the run</Trans>
        </Link>
      }
    >
      <Trans>The workflow is private: its query and values are its owner's.</Trans>
    </EmptyState>
  );
}

function FromRun({ run, workflow }: { run: Run; workflow: NonNullable<Run["workflow"]> }) {
  const { step } = route.useSearch();
  const go = route.useNavigate();
  const start = useMemo(() => startFromRun(run, workflow), [run, workflow]);
  return (
    <ScheduleSteps
      start={start}
      above={
        <Link to="/amc/runs/$runId" params={{ runId: run.id }} className="hover:text-ink">
          {run.name}
        </Link>
      }
      step={step}
      onStep={(next) => void go({ search: (before) => ({ ...before, step: next }) })}
      end={(ready) => <Make start={start} ready={ready} />}
    />
  );
}

function Make({ start, ready }: { start: Start; ready: Ready }) {
  const navigate = useNavigate();
  const attempt = useAttempt();
  const [refusal, setRefusal] = useState<string>();
  const destinations = useStillThere(ready.plan.destinations);
  const make = useAct({
    work: () => {
      const body = bodyOf(start, { ...ready, plan: { ...ready.plan, destinations } });
      return post<Schedule>(schedulePath, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [[schedulePath, "list"], ["/amc/home"]],
    done: ({ name }) => t`${name} is repeated from now on`,
    refused: t`Nothing is repeated`,
    onDone: ({ id }) => {
      forgetSchedulePlan(start.key);
      void navigate({ to: "/amc/runs/schedules/$scheduleId", params: { scheduleId: id } });
    },
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <>
      <FormRefusal message={refusal} />
      <Button
        tone="primary"
        size="normal"
        className="w-full sm:w-auto sm:self-start"
        busy={make.isPending}
        disabled={ready.plan.name.trim() === ""}
        onClick={() => make.mutate()}
      >
        <Trans>Repeat it</Trans>
      </Button>
    </>
  );
}
