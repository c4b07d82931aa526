import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { CircleAlert, Play } from "lucide-react";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { FormRefusal, TextField } from "@/ui/field";
import { Facts, Section, Sheet } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { DestinationChoice } from "../destinations/destination-choice";
import { SqlView } from "../editor/sql-view";
import { withTables } from "../editor/sql-words";
import { useCheck } from "../editor/use-check";
import { lastDay, windowText } from "../figures";
import { ValueForm } from "../parameters/value-form";
import { useValues } from "../parameters/use-values";
import { ValueSets } from "../parameters/value-sets";
import { allFit, tablesOf, toSent } from "../parameters/values";
import type { Client, Parameter, Run } from "../types";
import { MadeUpChoice } from "./made-up-choice";
import { madeUpOf } from "./made-up";
import { changePlan, forgetPlan, type Plan } from "./plan";
import { usePlanned } from "./use-planned";
import { useWindow } from "./use-window";
import { ruleText } from "./window-rules";

interface ReviewStepProps {
  client: Client;
  plan: Plan;
}

/** Values, the query as it will be sent, and the one button that sends it. */
export function ReviewStep({ client, plan }: ReviewStepProps) {
  const planned = usePlanned(plan);
  if (planned.pending) return <PageSkeleton />;
  if (planned.error !== null) return <ErrorState error={planned.error} />;
  return <Review client={client} plan={plan} sql={planned.sql ?? ""} parameters={planned.parameters} privacy={planned.privacy} number={planned.newest} />;
}

interface ReviewProps extends ReviewStepProps {
  sql: string;
  parameters: readonly Parameter[];
  privacy: string;
  number: number | null;
}

/** "Brand - workflow - first day - last day": how a run is found again among many. */
function nameOf(client: Client, plan: Plan, start: string | undefined, end: string | undefined): string {
  const days = start === undefined || end === undefined ? [] : [start, lastDay(start, end) ?? end].map((text) => text.slice(0, 10));
  return [client.brands[0] ?? client.name, plan.workflow?.name ?? t`query`, ...days].join(" - ").slice(0, 200);
}

function Review({ client, plan, sql, parameters, privacy, number }: ReviewProps) {
  const navigate = useNavigate();
  const attempt = useAttempt();
  const tables = tablesOf(parameters, plan.typed);
  const { required, uncontrolled } = madeUpOf(client, plan);
  const preview = useWindow(plan.window, client.time_zone, sql, tables);
  const span = preview.data;
  const { checked } = useCheck(sql, parameters, {
    instance_id: client.id,
    disable_aggregation_controls: uncontrolled,
    ...(span && { window: { start: span.start, end: span.end }, time_zone: client.time_zone }),
  });
  const [strict, setStrict] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const { shown, asked, sources, change } = useValues(client.id, parameters, plan.typed);
  const name = plan.name === "" ? nameOf(client, plan, span?.start, span?.end) : plan.name;
  const errors = (checked?.findings ?? []).filter(({ severity }) => severity === "error");
  const start = useAct({
    work: () => {
      const { workflow, own } = plan;
      const body = {
        instance_id: client.id,
        ...(own === null ? { workflow_id: workflow?.id, workflow_version: number } : { sql, parameters, privacy }),
        // The rest is filled where it is run, and says there where it came from.
        values: toSent(parameters, plan.typed),
        window: plan.window,
        dry_run: plan.dryRun,
        require_synthetic_data: required,
        disable_aggregation_controls: uncontrolled,
        destination_ids: plan.destinations,
        name,
      };
      return post<Run>("/amc/runs", body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/amc/runs", "list"], ["/amc/home"]],
    // Its own page says how far it is; a message of its start would outlast a short run.
    refused: t`Nothing was run`,
    onDone: (run) => {
      forgetPlan(client.id);
      void navigate({ to: "/amc/runs/$runId", params: { runId: run.id } });
    },
    onRefused: (problem) => {
      attempt.refused(problem);
      const first = problem.errors[0];
      setRefusal(first === undefined ? problem.said : `${first.field.replace("body.", "")}: ${first.hint}`);
    },
  });
  const send = () => {
    setStrict(true);
    if (allFit(asked, shown)) start.mutate();
  };
  const spanText = span === undefined ? "…" : windowText(span.start, span.end);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Sheet className="mb-21 px-13 py-5">
        <Facts
          dense
          facts={[
            [<Trans key="n">Client</Trans>, client.name],
            [<Trans key="n">Workflow</Trans>, plan.own === null ? `${plan.workflow?.name ?? ""}, ${t`version ${number ?? 0}`}` : t`As written, not saved`],
            [<Trans key="n">Window</Trans>, `${ruleText(plan.window)}: ${spanText}`],
          ]}
        />
      </Sheet>
      <Section title={<Trans>Values</Trans>}>
        {plan.workflow !== null && parameters.length > 0 && (
          <ValueSets
            workflowId={plan.workflow.id}
            parameters={parameters}
            typed={plan.typed}
            onTake={(next) => changePlan(client.id, { typed: next })}
          />
        )}
        <ValueForm parameters={asked} typed={shown} strict={strict} sources={sources} onChange={(next) => changePlan(client.id, { typed: change(next) })} />
      </Section>
      <Section title={<Trans>Query</Trans>}>
        {errors.length > 0 && (
          <p role="alert" className="mb-8 flex items-start gap-8 rounded-5 bg-warn-soft px-13 py-8 text-12 text-ink">
            <CircleAlert size={16} aria-hidden className="mt-1 shrink-0" />
            <span>
              <Trans>AMC would refuse it: {errors[0]?.message}</Trans>
            </span>
          </p>
        )}
        <SqlView sql={withTables(sql, tables)} className="max-h-233" />
      </Section>
      <div className="flex flex-col gap-21">
        <TextField label={t`Name of the run`} maxLength={200} value={name} onChange={(event) => changePlan(client.id, { name: event.target.value })} />
        <Checkbox
          checked={plan.dryRun}
          onChange={(dryRun) => changePlan(client.id, { dryRun })}
          label={<Trans>Dry run</Trans>}
          hint={<Trans>AMC only says whether it would take the query; no row is read.</Trans>}
        />
        <MadeUpChoice client={client} plan={plan} />
        <DestinationChoice chosen={plan.destinations} onChange={(destinations) => changePlan(client.id, { destinations })} />
        <FormRefusal message={refusal} />
        <Button tone="primary" size="normal" type="submit" icon={<Play size={16} aria-hidden />} className="w-full sm:w-auto sm:self-start" busy={start.isPending}>
          {plan.dryRun ? <Trans>Try it</Trans> : <Trans>Run it</Trans>}
        </Button>
      </div>
    </form>
  );
}
