import { t } from "@lingui/core/macro";
import { Plural } from "@lingui/react/macro";

import { Button } from "@/ui/button";
import { Field, TextField } from "@/ui/field";
import { Select } from "@/ui/select";

import type { WindowRule } from "../types";
import { explicitFrom, windowError } from "./window-rules";

const spans = [7, 14, 30, 60, 90];

interface WindowFieldsProps {
  rule: WindowRule;
  set: (rule: WindowRule) => void;
  /** What the rule comes to now: dates begin with it. */
  now: { start: string; end: string } | undefined;
}

/** A rule of time: days up to lately, a calendar unit, or dates. */
export function WindowFields({ rule, set, now }: WindowFieldsProps) {
  const wrong = windowError(rule);
  const kinds: Record<WindowRule["kind"], () => WindowRule> = {
    rolling: () => ({ kind: "rolling", days: 30, lag_days: null }),
    calendar: () => ({ kind: "calendar", unit: "month", back: 1 }),
    explicit: () => explicitFrom(now),
  };
  return (
    <>
      <Field label={t`Kind of window`}>
        {({ id }) => (
          <Select<WindowRule["kind"]>
            id={id}
            value={rule.kind}
            choices={[
              { value: "rolling", label: t`The last days` },
              { value: "calendar", label: t`A day, week, month or quarter` },
              { value: "explicit", label: t`From a date to a date` },
            ]}
            onChange={(kind) => set(kinds[kind]())}
          />
        )}
      </Field>
      {rule.kind === "rolling" && <Rolling rule={rule} set={set} error={wrong} />}
      {rule.kind === "calendar" && <Calendar rule={rule} set={set} error={wrong} />}
      {rule.kind === "explicit" && <Explicit rule={rule} set={set} error={wrong} />}
    </>
  );
}

interface PartProps<Rule> {
  rule: Rule;
  set: (rule: WindowRule) => void;
  error: string | null;
}

function Rolling({ rule, set, error }: PartProps<Extract<WindowRule, { kind: "rolling" }>>) {
  return (
    <>
      <div role="group" aria-label={t`Days`} className="flex flex-wrap gap-8">
        {spans.map((days) => (
          <Button key={days} aria-pressed={rule.days === days} tone={rule.days === days ? "primary" : "plain"} onClick={() => set({ ...rule, days })}>
            <Plural value={days} one="# day" other="# days" />
          </Button>
        ))}
      </div>
      <div className="grid gap-21 sm:grid-cols-2">
        <TextField
          label={t`Days`}
          inputMode="numeric"
          value={Number.isNaN(rule.days) ? "" : String(rule.days)}
          {...(error === null ? {} : { error })}
          onChange={(event) => set({ ...rule, days: Number.parseInt(event.target.value, 10) || 0 })}
        />
        <Field label={t`Ends`} hint={t`Amazon promises an event within two days; credit by traffic time settles in fourteen.`}>
          {({ id }) => (
            <Select
              id={id}
              value={rule.lag_days === null ? "" : String(rule.lag_days)}
              choices={[
                { value: "", label: t`When the data are complete` },
                { value: "2", label: t`2 days ago` },
                { value: "14", label: t`14 days ago` },
                { value: "0", label: t`Last midnight` },
              ]}
              onChange={(lag) => set({ ...rule, lag_days: lag === "" ? null : Number(lag) })}
            />
          )}
        </Field>
      </div>
    </>
  );
}

function Calendar({ rule, set, error }: PartProps<Extract<WindowRule, { kind: "calendar" }>>) {
  return (
    <div className="grid gap-21 sm:grid-cols-2">
      <Field label={t`Unit`}>
        {({ id }) => (
          <Select<typeof rule.unit>
            id={id}
            value={rule.unit}
            choices={[
              { value: "day", label: t`Day` },
              { value: "week", label: t`Week from Monday` },
              { value: "month", label: t`Month` },
              { value: "quarter", label: t`Quarter` },
            ]}
            onChange={(unit) => set({ ...rule, unit })}
          />
        )}
      </Field>
      <TextField
        label={t`How many back`}
        hint={t`1 is the last whole one.`}
        inputMode="numeric"
        value={rule.back === 0 ? "" : String(rule.back)}
        {...(error === null ? {} : { error })}
        onChange={(event) => set({ ...rule, back: Number.parseInt(event.target.value, 10) || 0 })}
      />
    </div>
  );
}

function Explicit({ rule, set, error }: PartProps<Extract<WindowRule, { kind: "explicit" }>>) {
  return (
    <div className="grid gap-21 sm:grid-cols-2">
      <TextField label={t`From`} type="datetime-local" value={rule.start.slice(0, 16)} onChange={(event) => set({ ...rule, start: `${event.target.value}:00` })} />
      <TextField
        label={t`To, not included`}
        type="datetime-local"
        value={rule.end.slice(0, 16)}
        {...(error === null ? {} : { error })}
        onChange={(event) => set({ ...rule, end: `${event.target.value}:00` })}
      />
    </div>
  );
}
