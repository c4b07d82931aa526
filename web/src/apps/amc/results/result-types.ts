import type { Cell } from "../types";

export const operators = ["=", "!=", "<", "<=", ">", ">=", "contains", "starts", "is_null", "not_null"] as const;
export type Operator = (typeof operators)[number];

export type RowFilter = [column: string, operator: Operator, value?: string];

export interface Statistics {
  column: string;
  count: number;
  nulls: number;
  distinct: number;
  min: Cell;
  max: Cell;
  mean: Cell;
  quantiles: Record<string, Cell> | null;
  top: { value: Cell; count: number }[];
  histogram: { from: number; to: number; count: number }[];
}

export const aggregates = ["sum", "avg", "min", "max", "count", "distinct"] as const;
export type Aggregate = (typeof aggregates)[number];

export interface Measure {
  column: string;
  aggregate: Aggregate;
}

export interface PivotShape {
  rows: string[];
  columns: string[];
  measures: Measure[];
}

/** `cells[row][column][measure]`; null where no row of the result stands. */
export interface PivotGrid extends PivotShape {
  row_keys: Cell[][];
  column_keys: Cell[][];
  cells: (Cell[] | null)[][];
  is_cut: boolean;
}

export interface Difference {
  kind: "added" | "removed" | "changed";
  key: Cell[];
  left: Cell[] | null;
  right: Cell[] | null;
}

export interface Comparison {
  added: number;
  removed: number;
  changed: number;
  keys: string[];
  columns: string[];
  only_left: string[];
  only_right: string[];
  rows: Difference[];
}
