import { t } from "@lingui/core/macro";

import { Field, TextField } from "@/ui/field";
import { Select } from "@/ui/select";

import type { Rhythm } from "./types";

type Unit = Extract<Rhythm, { kind: "after_data" }>["unit"];

interface RhythmFieldsProps {
  rhythm: Rhythm;
  onChange: (rhythm: Rhythm) => void;
}

const whole = (text: string) => Number.parseInt(text, 10) || 0;

/** A first rhythm of each kind; days are counted from today. */
function first(kind: Rhythm["kind"], today: string): Rhythm {
  if (kind === "cron") return { kind, expression: "0 6 * * 1" };
  if (kind === "every_days") return { kind, days: 7, anchor_on: today, at: "06:00" };
  if (kind === "business_day") return { kind, nth: 1, at: "06:00" };
  return { kind, unit: "week", lag_days: 2, at: "06:00" };
}

export const firstRhythm = (): Rhythm => first("after_data", "");

/** When it is repeated: after the data of a period are complete, every so many days, on a working day, or by cron. */
export function RhythmFields({ rhythm, onChange }: RhythmFieldsProps) {
  const today = new Date().toISOString().slice(0, 10);
  return (
    <>
      <Field label={t`Repeat`}>
        {({ id }) => (
          <Select<Rhythm["kind"]>
            id={id}
            value={rhythm.kind}
            choices={[
              { value: "after_data", label: t`Once a period has all its data` },
              { value: "every_days", label: t`Every so many days` },
              { value: "business_day", label: t`On a working day of the month` },
              { value: "cron", label: t`By cron fields` },
            ]}
            onChange={(kind) => onChange(first(kind, today))}
          />
        )}
      </Field>
      <div className="grid gap-21 sm:grid-cols-2">
        {rhythm.kind === "cron" && (
          <TextField
            label={t`Cron fields`}
            hint={t`Minute, hour, day, month, weekday.`}
            value={rhythm.expression}
            onChange={(event) => onChange({ ...rhythm, expression: event.target.value })}
          />
        )}
        {rhythm.kind === "every_days" && (
          <>
            <TextField label={t`Days`} inputMode="numeric" value={rhythm.days === 0 ? "" : String(rhythm.days)} onChange={(event) => onChange({ ...rhythm, days: whole(event.target.value) })} />
            <TextField label={t`Counted from`} type="date" value={rhythm.anchor_on} onChange={(event) => onChange({ ...rhythm, anchor_on: event.target.value })} />
          </>
        )}
        {rhythm.kind === "business_day" && (
          <Field label={t`Working day`}>
            {({ id }) => (
              <Select
                id={id}
                value={String(rhythm.nth)}
                choices={[
                  { value: "1", label: t`The first` },
                  { value: "2", label: t`The second` },
                  { value: "3", label: t`The third` },
                  { value: "-1", label: t`The last` },
                ]}
                onChange={(nth) => onChange({ ...rhythm, nth: Number(nth) })}
              />
            )}
          </Field>
        )}
        {rhythm.kind === "after_data" && (
          <>
            <Field label={t`Period`}>
              {({ id }) => (
                <Select<Unit>
                  id={id}
                  value={rhythm.unit}
                  choices={[
                    { value: "day", label: t`Day` },
                    { value: "week", label: t`Week from Monday` },
                    { value: "month", label: t`Month` },
                    { value: "quarter", label: t`Quarter` },
                  ]}
                  onChange={(unit) => onChange({ ...rhythm, unit })}
                />
              )}
            </Field>
            <TextField label={t`Days after it has ended`} inputMode="numeric" value={String(rhythm.lag_days)} onChange={(event) => onChange({ ...rhythm, lag_days: whole(event.target.value) })} />
          </>
        )}
        {rhythm.kind !== "cron" && (
          <TextField label={t`At`} type="time" value={rhythm.at} onChange={(event) => onChange({ ...rhythm, at: event.target.value })} />
        )}
      </div>
    </>
  );
}
