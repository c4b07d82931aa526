import type { Id, Instant } from "@/kernel/api-types";

export const alertAggregates = ["sum", "avg", "min", "max", "count", "distinct"] as const;
export type AlertAggregate = (typeof alertAggregates)[number];

export const operators = [">", ">=", "<", "<=", "=", "!="] as const;
export type Operator = (typeof operators)[number];

export interface Condition {
  /** Null: the number of rows. */
  column: string | null;
  aggregate: AlertAggregate;
  op: Operator;
  value: number;
}

export type Channel = { kind: "mail"; to: string } | { kind: "webhook"; url: string };

/** Where a webhook leads is told to whoever set the alert and to managers; null for all others. */
export type ChannelShown = Exclude<Channel, { kind: "webhook" }> | { kind: "webhook"; url: string | null };

export interface Alert {
  id: Id;
  name: string;
  workflow_id: Id | null;
  schedule_id: Id | null;
  /** The name of what it watches; null once that is gone. */
  about: string | null;
  condition: Condition;
  channels: ChannelShown[];
  created_by: Id | null;
  created_at: Instant;
  last_firing: { run_id: Id; value: string | null; fired_at: Instant } | null;
  version: number;
}

/** What an alert is to watch; the columns come from the runs of its workflow. */
export interface Subject {
  kind: "workflow" | "schedule";
  id: Id;
  name: string;
  workflowId: Id;
}
