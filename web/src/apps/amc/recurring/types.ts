import type { Id, Instant } from "@/kernel/api-types";

import type { RunState, Values, WindowRule } from "../types";

/** When a schedule fires. */
export type Rhythm =
  | { kind: "cron"; expression: string }
  | { kind: "every_days"; days: number; anchor_on: string; at: string }
  | { kind: "business_day"; nth: number; at: string }
  | { kind: "after_data"; unit: "day" | "week" | "month" | "quarter"; lag_days: number; at: string };

export type CatchUp = "skip" | "last" | "all";

/** When Amazon's own schedule fires: at a full hour of UTC, each day or on one day of the week. */
export interface Native {
  period: "Daily" | "Weekly";
  start_day: string | null;
  hour_utc: number;
}

/** A copy that Amazon keeps, or is about to: the schedule as it was when that was asked for. */
export interface AmcExport extends Native {
  state: "asked" | "kept" | "failed" | "leaving";
  reason: string | null;
  amc_schedule_id: string;
  asked_at: Instant;
}

export interface Fit {
  native: Native | null;
  reason: string | null;
}

export interface Schedule {
  id: Id;
  name: string;
  workflow: { id: Id; name: string };
  instance: { id: Id; name: string; brands: string[] };
  values: Values;
  window: WindowRule;
  kind: Rhythm;
  time_zone: string;
  catch_up: CatchUp;
  /** It pauses itself after so many failures in a row; null: never. */
  auto_pause_after: number | null;
  /** Where each result is taken to. */
  destination_ids: Id[];
  amc_export: AmcExport | null;
  state: "active" | "paused";
  pause_reason: string | null;
  next_fire_at: Instant | null;
  failures_in_a_row: number;
  succeeded: number;
  failed: number;
  created_by: Id | null;
  created_at: Instant;
  updated_at: Instant;
  version: number;
}

/** What became of one instant of a schedule. */
export interface Firing {
  fire_at: Instant;
  kind: "regular" | "extra";
  outcome: "run" | "skipped" | "refused";
  reason: string | null;
  run_id: Id | null;
  run_state: RunState | null;
  fired_at: Instant;
}

export interface Span {
  start: string;
  end: string;
}

export interface SchedulePreview {
  firings: Instant[];
  windows: Span[];
}

/** Whoever made it may run it no more: it rests until somebody takes it over. */
export const isLeft = ({ pause_reason }: Pick<Schedule, "pause_reason">) => pause_reason === "maker_gone";
