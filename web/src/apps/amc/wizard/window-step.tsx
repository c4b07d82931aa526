import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { CircleAlert, CircleCheck } from "lucide-react";

import { Button } from "@/ui/button";
import { Field, TextField } from "@/ui/field";
import { Sheet } from "@/ui/page";
import { Select } from "@/ui/select";
import { Skeleton } from "@/ui/skeleton";

import { windowDays, windowText } from "../figures";
import type { Client, WindowRule } from "../types";
import { changePlan, type Plan } from "./plan";
import { usePlanned } from "./use-planned";
import { useWindow } from "./use-window";
import { explicitFrom, windowError } from "./window-rules";

interface WindowStepProps {
  client: Client;
  plan: Plan;
  onNext: () => void;
}

const spans = [7, 14, 30, 60, 90];

/** Which time is read: as days up to lately, a calendar unit, or dates; worked out by the server as one chooses. */
export function WindowStep({ client, plan, onNext }: WindowStepProps) {
  const rule = plan.window;
  const { sql } = usePlanned(plan);
  const preview = useWindow(rule, client.time_zone, sql);
  const set = (window: WindowRule) => changePlan(client.id, { window });
  const wrong = windowError(rule);
  const kinds: Record<WindowRule["kind"], () => WindowRule> = {
    rolling: () => ({ kind: "rolling", days: 30, lag_days: null }),
    calendar: () => ({ kind: "calendar", unit: "month", back: 1 }),
    explicit: () => explicitFrom(preview.data),
  };
  return (
    <div className="flex flex-col gap-21">
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
      <Sheet className="p-13">
        <h2 className="text-12 font-semibold">
          <Trans>What this run reads</Trans>
        </h2>
        <div role="status" className="mt-5">
          {wrong !== null ? (
            <p className="label">{wrong}</p>
          ) : preview.data === undefined ? (
            preview.error === null ? <Skeleton className="h-21 w-1/2" /> : <p className="text-12 text-bad">{preview.error.said}</p>
          ) : (
            <>
              <p className="text-16">
                {windowText(preview.data.start, preview.data.end)}{" "}
                <span className="text-muted">
                  <Plural value={windowDays(preview.data.start, preview.data.end)} one="# day" other="# days" />
                </span>
              </p>
              <p className="label">
                <Trans>In {client.time_zone}; the end is not part of it.</Trans>
              </p>
              <Ready ready={preview.data.data_ready} hint={preview.data.hint} />
              {preview.data.next.length > 0 && (
                <>
                  <p className="mt-13 text-12 font-semibold">
                    <Trans>Repeated, it would read next</Trans>
                  </p>
                  <ul className="label">
                    {preview.data.next.map(({ start, end }) => (
                      <li key={start}>{windowText(start, end)}</li>
                    ))}
                  </ul>
                </>
              )}
            </>
          )}
        </div>
      </Sheet>
      <Button tone="primary" size="normal" className="w-full sm:w-auto sm:self-start" disabled={wrong !== null || preview.error !== null} onClick={onNext}>
        <Trans>Go on</Trans>
      </Button>
    </div>
  );
}

function Ready({ ready, hint }: { ready: boolean; hint: string }) {
  const Icon = ready ? CircleCheck : CircleAlert;
  return (
    <p className={`mt-5 flex items-start gap-5 text-12 ${ready ? "text-ok" : "text-warn"}`}>
      <Icon size={13} aria-hidden className="mt-2 shrink-0" />
      {hint}
    </p>
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
