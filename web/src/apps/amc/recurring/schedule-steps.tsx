import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";

import { Button } from "@/ui/button";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { useWorkflow } from "../library/use-workflow";
import { StepsFrame } from "../list/steps-frame";
import { ValueForm } from "../parameters/value-form";
import { useValues } from "../parameters/use-values";
import { allFit, begin, tablesOf } from "../parameters/values";
import type { Parameter, Workflow } from "../types";
import { windowError } from "../wizard/window-rules";
import { changeSchedulePlan, useKeptSchedule, type SchedulePlan, type Start } from "./plan";
import { ReviewStep } from "./review-step";
import { RhythmStep } from "./rhythm-step";

export interface Ready {
  plan: SchedulePlan;
  parameters: readonly Parameter[];
  sql: string;
}

interface ScheduleStepsProps {
  start: Start;
  above: ReactNode;
  step: number;
  onStep: (step: number) => void;
  /** The last step's button, which sends it. */
  end: (ready: Ready) => ReactNode;
}

/** The steps of making a schedule and of changing one; what was filled in outlasts a reload. */
export function ScheduleSteps({ start, above, step, onStep, end }: ScheduleStepsProps) {
  const kept = useKeptSchedule(start.key);
  const { data: workflow, error, isPending, refetch } = useWorkflow(start.workflow.id);
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Steps start={start} workflow={workflow} kept={kept} above={above} step={step} onStep={onStep} end={end} />;
}

interface StepsProps extends ScheduleStepsProps {
  workflow: Workflow;
  kept: Partial<SchedulePlan>;
}

function Steps({ start, workflow, kept, above, step, onStep, end }: StepsProps) {
  const { parameters, sql } = workflow;
  const given = parameters.filter(({ name }) => start.values[name] !== undefined);
  const plan: SchedulePlan = { typed: begin(given, start.values), ...start.plan, ...kept };
  const change = (next: Partial<SchedulePlan>) => changeSchedulePlan(start.key, next);
  const names = [t`What is repeated`, t`When, and which time it reads`, t`Look over and save`];
  const values = useValues(start.instance.id, parameters, plan.typed);
  const fits = allFit(values.asked, values.shown);
  const tables = tablesOf(parameters, values.shown);
  return (
    <StepsFrame above={above} step={step} names={names} {...(step > 1 ? { onBack: () => onStep(step - 1) } : {})}>
      {step === 1 && (
        <div className="flex flex-col gap-21">
          <p className="text-16">
            {parameters.length === 0 ? (
              <Trans>
                The newest version of <b>{workflow.name}</b> for <b>{start.instance.name}</b>. It asks for no value.
              </Trans>
            ) : (
              <Trans>
                The newest version of <b>{workflow.name}</b> for <b>{start.instance.name}</b>, with these values each time:
              </Trans>
            )}
          </p>
          {parameters.length > 0 && <ValueForm parameters={values.asked} typed={values.shown} sources={values.sources} strict onChange={(typed) => change({ typed: values.change(typed) })} />}
          <Next disabled={!fits} onNext={() => onStep(2)} />
        </div>
      )}
      {step === 2 && (
        <div className="flex flex-col gap-21">
          <RhythmStep start={start} plan={plan} sql={sql} tables={tables} change={change} />
          <Next disabled={windowError(plan.window) !== null} onNext={() => onStep(3)} />
        </div>
      )}
      {step === 3 && (
        <ReviewStep start={start} plan={plan} sql={sql} tables={tables} change={change}>
          {end({ plan, parameters, sql })}
        </ReviewStep>
      )}
    </StepsFrame>
  );
}

function Next({ disabled, onNext }: { disabled: boolean; onNext: () => void }) {
  return (
    <Button tone="primary" size="normal" className="w-full sm:w-auto sm:self-start" disabled={disabled} onClick={onNext}>
      <Trans>Go on</Trans>
    </Button>
  );
}
