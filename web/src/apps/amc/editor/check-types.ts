/** Lines and columns from 1, columns in UTF-16 units, the end exclusive: as the server and the editor both count. */
export interface Range {
  start_line: number;
  start_column: number;
  end_line: number;
  end_column: number;
}

export interface Finding {
  code: string;
  severity: "error" | "warning";
  message: string;
  range: Range;
  fix: { title: string; text: string; range: Range } | null;
}

export interface ForecastColumn {
  column: string;
  type: string;
  threshold: string;
  /** How many users a row needs; null: it never leaves AMC. */
  users: number | null;
  from: string[];
  why: string;
}

export interface Checked {
  ok: boolean;
  findings: Finding[];
  columns: ForecastColumn[];
}

export interface SchemaColumn {
  name: string;
  type: string;
  kind: string;
  threshold: string;
  unit: string | null;
  description: string;
}

export interface SchemaTable {
  name: string;
  group: string;
  description: string;
  /** What a run's window filters; null: it knows no time. */
  time_column: string | null;
  /** The paid product it belongs to. */
  requires: string | null;
  /** A query to begin with. */
  sample: string;
  /** What Amazon says of it in a client: NEW, DEPRECATED, RENAMED. */
  tags: string[];
  columns: SchemaColumn[];
}

export interface Schema {
  tables: SchemaTable[];
  functions: { name: string; signature: string; description: string }[];
}

export interface CompletionItem {
  label: string;
  kind: "table" | "column" | "function" | "cte" | "keyword" | "parameter";
  detail: string | null;
  documentation: string | null;
  insert: string;
}

export interface Completion {
  items: CompletionItem[];
  from: number;
  to: number;
}
