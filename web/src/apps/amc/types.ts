// Shapes of the AMC contract, narrowed to what the page reads; tests/api-drift.ts holds them against the server's file.
import type { Id, Instant } from "@/kernel/api-types";

export type ConnectionState = "connecting" | "healthy" | "broken" | "disconnected";

export interface Connection {
  id: Id;
  name: string;
  region: string;
  state: ConnectionState;
  state_reason: string | null;
  is_twin: boolean;
  access_expires_at: Instant | null;
  refreshed_at: Instant | null;
  expires_soon: boolean;
  accounts: number;
  instances: number;
  connected_by: Id | null;
  created_at: Instant;
  version: number;
}

export const extraColumns = ["filtered", "users", "reason"] as const;
export type ExtraColumns = Record<(typeof extraColumns)[number], string | null>;

export interface Client {
  id: Id;
  amc_instance_id: string;
  name: string;
  status: string;
  account: { id: Id; amc_account_id: string; name: string; marketplace_id: string; country: string | null };
  connection: { id: Id; name: string; state: ConnectionState; is_twin: boolean };
  advertiser_types: string[];
  time_zone: string;
  brands: string[];
  /** Names of the columns that AMC adds to its results. */
  extra_columns: ExtraColumns;
  /** An AMC sandbox of Amazon's: its data are made up. */
  is_sandbox: boolean;
  active: boolean;
  favourite: boolean;
  /** The first and the last day it has data of, both included; only the local AMC tells. */
  data_first_on: string | null;
  data_last_on: string | null;
  synced_at: Instant;
  /** When Amazon was asked last which tables it has. */
  listed_at: Instant | null;
  tables_listed: number | null;
  tables_missing: string[];
  gone_at: Instant | null;
  version: number;
}

export const dataTypes = ["STRING", "INTEGER", "LONG", "DOUBLE", "DECIMAL", "BOOLEAN", "DATE", "TIMESTAMP"] as const;
export type DataType = (typeof dataTypes)[number];

export const parameterKinds = ["plain", "asin_list", "campaign_list", "brand", "like", "enum", "percentage", "threshold", "date", "table"] as const;
export type ParameterKind = (typeof parameterKinds)[number];

export interface Parameter {
  name: string;
  data_type: DataType;
  list: boolean;
  kind: ParameterKind;
  label: string;
  description: string;
  default: unknown;
  required: boolean;
  like_mode: "contains" | "starts" | "exact" | null;
  min: number | null;
  max: number | null;
  max_items: number | null;
  pattern: string | null;
  options: string[] | null;
  group: string;
}

export type Privacy = "REMOVE_ROWS" | "REMOVE_VALUES";

/** A workflow in a list: without its text. */
export interface WorkflowItem {
  id: Id;
  name: string;
  description: string;
  folder: string;
  tags: string[];
  category: string;
  shared: boolean;
  owner: { id: Id; display_name: string | null } | null;
  favourite: boolean;
  number: number;
  runs: number;
  last_run_at: Instant | null;
  updated_at: Instant;
  archived_at: Instant | null;
  version: number;
}

/** With its current text, which is `number`; `version` counts every change of the record. */
export interface Workflow extends WorkflowItem {
  sql: string;
  parameters: Parameter[];
  privacy: Privacy;
}

export interface WorkflowVersion {
  number: number;
  note: string;
  saved_by: { id: Id; display_name: string | null } | null;
  saved_at: Instant;
}

export interface WorkflowDiff {
  parts: { kind: string; text: string; before: string | null; after: string | null }[];
  lines: { op: "same" | "add" | "remove"; text: string }[];
}

export interface ParameterSet {
  id: Id;
  name: string;
  values: Record<string, unknown>;
}

export type Values = Record<string, unknown>;

/** A stretch of time a run reads: given once, or as a rule that is worked out anew for each run. */
export type WindowRule =
  | { kind: "explicit"; start: string; end: string }
  | { kind: "rolling"; days: number; lag_days: number | null }
  | { kind: "calendar"; unit: "day" | "week" | "month" | "quarter"; back: number };

export interface WindowPreview {
  start: string;
  end: string;
  data_ready: boolean;
  hint: string;
  next: { start: string; end: string }[];
}

export const runStates = ["queued", "submitting", "pending", "running", "fetching", "succeeded", "failed", "cancelled"] as const;
export type RunState = (typeof runStates)[number];

export interface ResultColumn {
  name: string;
  type: string;
}

/** A run in a list: without its query and values. */
export interface RunItem {
  id: Id;
  name: string;
  instance: { id: Id; name: string; brands: string[] };
  workflow: { id: Id; name: string; number: number } | null;
  state: RunState;
  state_reason: string | null;
  problem: { message: string; line: number | null; column: number | null } | null;
  window_start: string;
  window_end: string;
  time_zone: string;
  privacy: Privacy;
  dry_run: boolean;
  origin: string;
  origin_id: Id | null;
  amc_execution_id: string | null;
  columns: ResultColumn[] | null;
  row_count: number | null;
  /** How many rows AMC read for it; Amazon does not tell, the local AMC does. */
  rows_scanned: number | null;
  size_bytes: number | null;
  created_at: Instant;
  submitted_at: Instant | null;
  finished_at: Instant | null;
  requested_by: Id | null;
  can_cancel: boolean;
  cancel_asked_at: Instant | null;
  /** Since when its rows are no longer kept. */
  result_gone_at: Instant | null;
  version: number;
}

export interface Run extends RunItem {
  window_rule: WindowRule;
  /** Of somebody else's private workflow: the query and its values stay theirs. */
  text_is_private: boolean;
  sql: string | null;
  parameters: Parameter[];
  values: Values;
  value_sources: Record<string, string>;
  destination_ids: Id[];
  /** Over made-up data, and whether single events could leave. */
  require_synthetic_data: boolean;
  disable_aggregation_controls: boolean;
}

export type Cell = string | number | boolean | null;

export interface RowWindow {
  columns: ResultColumn[];
  rows: Cell[][];
  total: number;
  filtered: number;
}

export interface Home {
  success_7d: { succeeded: number; failed: number };
  due_24h: { id: Id; name: string; next_fire_at: Instant; instance: string }[];
  failing: RunItem[];
  last_runs: RunItem[];
}

export interface GuideItem {
  slug: string;
  title: string;
  category: string;
  difficulty: string;
  minutes: number;
  summary: string;
  progress: { done: number; total: number };
}

export interface GuideSection {
  key: string;
  kind: "text" | "query" | "glossary";
  title: string;
  done: boolean;
  markdown: string | null;
  sql: string | null;
  parameters: Parameter[] | null;
  sample: { columns: ResultColumn[]; rows: Cell[][] } | null;
}

export interface Guide extends GuideItem {
  sections: GuideSection[];
}
