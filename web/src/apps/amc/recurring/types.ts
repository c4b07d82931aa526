import type { Id, Instant } from "@/kernel/api-types";

/** When a schedule fires. */
export type Rhythm =
  | { kind: "cron"; expression: string }
  | { kind: "every_days"; days: number; anchor_on: string; at: string }
  | { kind: "business_day"; nth: number; at: string }
  | { kind: "after_data"; unit: "day" | "week" | "month" | "quarter"; lag_days: number; at: string };

export interface Schedule {
  id: Id;
  name: string;
  workflow: { id: Id; name: string };
  instance: { id: Id; name: string; brands: string[] };
  time_zone: string;
  state: "active" | "paused";
  pause_reason: string | null;
  next_fire_at: Instant | null;
  failures_in_a_row: number;
  succeeded: number;
  failed: number;
  version: number;
}

export interface SchedulePreview {
  firings: Instant[];
  windows: { start: string; end: string }[];
}
