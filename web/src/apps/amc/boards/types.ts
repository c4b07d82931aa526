import type { Id, Instant } from "@/kernel/api-types";

import type { SegmentState, SegmentUnit } from "../collections/types";

export const measureKinds = ["sum", "ratio", "distinct", "last", "minimum", "maximum"] as const;
export type MeasureKind = (typeof measureKinds)[number];

export const formats = ["number", "percent", "money", "decimal"] as const;
export type Format = (typeof formats)[number];

export const charts = ["line", "bar", "card", "table"] as const;
export type Chart = (typeof charts)[number];

export const comparisons = ["none", "previous", "year"] as const;
export type Comparison = (typeof comparisons)[number];

export const groupings = ["segment", "week", "month", "quarter"] as const;
export type Grouping = (typeof groupings)[number];

export interface BoardMeasure {
  id: string;
  label: string;
  kind: MeasureKind;
  column?: string | null;
  numerator?: string | null;
  denominator?: string | null;
  scale: number;
  format: Format;
}

export interface Tile {
  measure_id: string;
  chart: Chart;
  width: number;
}

export interface Board {
  id: Id;
  name: string;
  collection: { id: Id; name: string; unit: SegmentUnit };
  measures: BoardMeasure[];
  layout: Tile[];
  snapshots: number;
  created_by: Id | null;
  updated_at: Instant;
  version: number;
}

/** A percentage in per cent; `new`: there was nothing before; `none`: nothing to compare with. */
export interface Change {
  kind: "percent" | "new" | "none";
  value: number | null;
}

export interface Point {
  start: string;
  end: string;
  value: number | null;
  provisional: boolean;
}

interface Totals {
  total: number | null;
  base: number | null;
  change: Change;
}

/** Why there is no total: people counted twice are no people, and a rate without its parts cannot be put together. */
export type Reason = "reach" | "rate";

export interface MeasureFigures extends Totals {
  id: string;
  reason: Reason | null;
  series: (Point & { segment_ids: Id[] })[];
  clients: (Totals & { instance: { id: Id; name: string }; series: Point[] | null })[];
}

export interface Missing {
  instance_id: Id;
  start: string;
  end: string;
  state: SegmentState;
}

export interface Period {
  start: string;
  end: string;
}

export interface Figures {
  period: Period;
  compared: Period | null;
  measures: MeasureFigures[];
  missing: Missing[];
  provisional: boolean;
}

export interface Snapshot {
  id: Id;
  name: string;
  made_by: Id | null;
  made_at: Instant;
  expires_at: Instant;
}

/** Shown once: the token is nowhere else. */
export interface NewSnapshot {
  id: Id;
  url: string;
  token: string;
  expires_at: Instant;
}

/** A measure as it is drawn: of a board, or of a snapshot, which knows no ids. */
export interface ShownMeasure extends Totals {
  label: string;
  kind: string;
  format: string;
  reason: Reason | null;
  series: Point[];
  clients: ShownClient[];
}

export interface ShownClient extends Totals {
  name: string;
  series: Point[] | null;
}

export interface ShownTile {
  key: string;
  measure: ShownMeasure;
  chart: Chart;
  width: number;
}

export interface SharedSnapshot {
  title: string;
  made_at: Instant;
  expires_at: Instant;
  figures: {
    period: Period;
    compared: Period | null;
    measures: ShownMeasure[];
    layout: { measure: number; chart: Chart; width: number }[];
    missing: number;
    provisional: boolean;
  };
}
