import { t } from "@lingui/core/macro";

import { isRecord } from "@/kernel/stored";

import { windowDays } from "../figures";
import { keepInTab } from "../kept";
import type { Typed } from "../parameters/values";
import type { Run, Values, WindowRule } from "../types";
import { firstRhythm } from "./rhythm-fields";
import { withoutDates } from "./rhythm-words";
import type { CatchUp, Rhythm, Schedule } from "./types";

/** What a schedule is made of, as one fills it in. */
export interface SchedulePlan {
  name: string;
  typed: Typed;
  rhythm: Rhythm;
  zone: string;
  window: WindowRule;
  catchUp: CatchUp;
  autoPause: number | null;
  /** Where each result is taken to. */
  destinations: string[];
}

/** Where filling in begins: a run that is to be repeated, or a schedule that is to be changed. */
export interface Start {
  key: string;
  workflow: { id: string; name: string };
  instance: { id: string; name: string };
  /** Those that were typed; the rest is filled anew at each firing. */
  values: Values;
  plan: Omit<SchedulePlan, "typed">;
}

const plans = keepInTab<SchedulePlan>(
  "schedule",
  ({ rhythm, window, typed, destinations }) =>
    [rhythm, window, typed].every((part) => part === undefined || isRecord(part)) && (destinations === undefined || Array.isArray(destinations)),
);

export const changeSchedulePlan = plans.change;
export const forgetSchedulePlan = plans.forget;
export const useKeptSchedule = plans.use;

/** Dates would be read again and again: as many days up to lately take their place; of a calendar, what has just ended. */
function repeatable(run: Run): WindowRule {
  if (run.window_rule.kind === "calendar") return { ...run.window_rule, back: 1 };
  if (run.window_rule.kind !== "explicit") return run.window_rule;
  return { kind: "rolling", days: Math.min(Math.max(windowDays(run.window_start, run.window_end), 1), 395), lag_days: null };
}

/** As often as what is read is new: each month where a month is read. */
function rhythmFor(window: WindowRule): Rhythm {
  const first = firstRhythm();
  if (first.kind !== "after_data") return first;
  if (window.kind === "calendar") return { ...first, unit: window.unit };
  if (window.kind === "rolling" && window.days >= 28) return { ...first, unit: "month" };
  return window.kind === "rolling" && window.days < 7 ? { ...first, unit: "day" } : first;
}

/** Whether the unit that has just ended is left out: an older one of it is read. */
export function readsOlder(rhythm: Rhythm, window: WindowRule): boolean {
  return rhythm.kind === "after_data" && window.kind === "calendar" && window.unit === rhythm.unit && window.back > 1;
}

export function startFromRun(run: Run, workflow: { id: string; name: string }): Start {
  const whose = run.instance.brands[0] ?? run.instance.name;
  return {
    key: `run.${run.id}`,
    workflow,
    instance: run.instance,
    values: Object.fromEntries(Object.entries(run.values).filter(([name]) => (run.value_sources[name] ?? "given") === "given")),
    plan: {
      name: withoutDates(`${whose} - ${workflow.name}`).slice(0, 200),
      rhythm: rhythmFor(repeatable(run)),
      zone: run.time_zone,
      window: repeatable(run),
      catchUp: "last",
      autoPause: 3,
      destinations: run.destination_ids,
    },
  };
}

export function startFromSchedule(schedule: Schedule): Start {
  return {
    key: schedule.id,
    workflow: schedule.workflow,
    instance: schedule.instance,
    values: schedule.values,
    plan: {
      name: schedule.name,
      rhythm: schedule.kind,
      zone: schedule.time_zone,
      window: schedule.window,
      catchUp: schedule.catch_up,
      autoPause: schedule.auto_pause_after,
      destinations: schedule.destination_ids,
    },
  };
}

export function catchUpText(policy: CatchUp): string {
  const words: Record<CatchUp, string> = {
    last: t`Only the last is made up for`,
    all: t`All of it is made up for`,
    skip: t`It is left out`,
  };
  return words[policy];
}
