import type { Id, Instant } from "@/kernel/api-types";

import type { Unit } from "./days";

export type SegmentUnit = Unit | "once";

export const collectionStates = ["collecting", "paused", "complete", "failing"] as const;
export type CollectionState = (typeof collectionStates)[number];

export const segmentStates = ["waiting", "running", "provisional", "settled", "failed"] as const;
export type SegmentState = (typeof segmentStates)[number];

export type Counts = Record<SegmentState | "total", number>;

/** How time is cut: from a day to a day that is not part of it; asked without an end, to the last unit that is over. */
export interface SegmentRule {
  unit: SegmentUnit;
  from: string;
  to: string | null;
  week_starts_on: number;
}

/** One workflow version, asked for each client and each segment of time. */
export interface Collection {
  id: Id;
  name: string;
  workflow: { id: Id; name: string; number: number };
  clients: { id: Id; name: string }[];
  segments: SegmentRule & { to: string };
  continuing: boolean;
  time_zone: string;
  /** Where each segment's result is taken to. */
  destination_ids: Id[];
  state: CollectionState;
  /** Why it paused itself; null when somebody paused it. */
  pause_reason: "maker_gone" | null;
  counts: Counts;
  created_by: Id | null;
  created_at: Instant;
  version: number;
}

export interface Segment {
  id: Id;
  instance: { id: Id; name: string };
  start: string;
  end: string;
  state: SegmentState;
  tries: number;
  run_id: Id | null;
  rows: number | null;
  /** The figures that stand were collected before the data were complete. */
  is_provisional: boolean;
  /** Its client is known to have no data of these days. */
  beside_data: boolean;
  problem: string | null;
  next_try_at: Instant | null;
  settles_at: Instant;
  version: number;
}
