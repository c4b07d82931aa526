import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";

import { Field, TextField } from "@/ui/field";
import { Facts, Section, Sheet } from "@/ui/page";
import { Select } from "@/ui/select";

import { DestinationChoice } from "../destinations/destination-choice";
import { ruleText } from "../wizard/window-rules";
import { Calendar } from "./calendar";
import { catchUpText } from "./plan";
import { rhythmText } from "./rhythm-words";
import type { StepProps } from "./rhythm-step";
import type { CatchUp } from "./types";
import { usePreview } from "./use-schedule";

const policies: readonly CatchUp[] = ["last", "all", "skip"];
const failures = [1, 2, 3, 5, 10];

/** Its name, what is done about what goes wrong, and all of it once more before it is saved. */
export function ReviewStep({ start, plan, sql, tables, change, children }: StepProps & { children: ReactNode }) {
  const { name, rhythm, window, zone, catchUp, autoPause, destinations } = plan;
  const preview = usePreview({ kind: rhythm, window, time_zone: zone, instance_id: start.instance.id, sql, tables });
  const counts = [...new Set([...failures, ...(autoPause === null ? [] : [autoPause])])].sort((one, other) => one - other);
  return (
    <div className="flex flex-col gap-21">
      <TextField label={t`Name`} maxLength={200} value={name} onChange={(event) => change({ name: event.target.value })} />
      <Sheet className="px-13 py-5">
        <Facts
          dense
          facts={[
            [<Trans key="n">Client</Trans>, start.instance.name],
            [<Trans key="n">Workflow</Trans>, start.workflow.name],
            [<Trans key="n">Fires</Trans>, rhythmText(rhythm)],
            [<Trans key="n">Time zone of the clock</Trans>, zone],
            [<Trans key="n">Reads</Trans>, ruleText(window)],
          ]}
        />
      </Sheet>
      <div className="grid gap-21 sm:grid-cols-2">
        <Field label={t`What was missed while nothing ran`}>
          {({ id }) => (
            <Select<CatchUp>
              id={id}
              value={catchUp}
              choices={policies.map((value) => ({ value, label: catchUpText(value) }))}
              onChange={(next) => change({ catchUp: next })}
            />
          )}
        </Field>
        <Field label={t`It pauses itself after`}>
          {({ id }) => (
            <Select
              id={id}
              value={String(autoPause ?? "")}
              choices={[
                ...counts.map((value) => ({ value: String(value), label: value === 1 ? t`1 failure` : t`${value} failures in a row` })),
                { value: "", label: t`No failure: it goes on` },
              ]}
              onChange={(next) => change({ autoPause: next === "" ? null : Number(next) })}
            />
          )}
        </Field>
      </div>
      <DestinationChoice chosen={destinations} onChange={(next) => change({ destinations: next })} />
      <Section title={<Trans>What comes next</Trans>}>
        <Sheet className="p-13">
          <Calendar data={preview.data} error={preview.error} zone={zone} />
        </Sheet>
      </Section>
      {children}
    </div>
  );
}
