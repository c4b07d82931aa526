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

/** Whether one is told where a channel leads. */
export const isKnown = (channel: ChannelShown): channel is Channel => channel.kind === "mail" || channel.url !== null;

/** A mail that was not sent, and why: nobody said yes, somebody said no, or the day's mails are used up. */
export interface NotSent {
  to: string;
  reason: "unconfirmed" | "refused" | "cap";
}

/** What the owner of an address said, and to whom. */
export interface AddressAnswered {
  organisation: string;
  address: string;
  says_yes: boolean;
}

export interface Alert {
  id: Id;
  name: string;
  workflow_id: Id | null;
  schedule_id: Id | null;
  /** The name of what it watches; null once that is gone. */
  about: string | null;
  /** The workflow whose runs it looks at, of its schedule too. */
  about_workflow_id: Id | null;
  condition: Condition;
  channels: ChannelShown[];
  /** Addresses of nobody here that have not said yes. */
  awaited: { to: string; standing: "asked" | "refused" }[];
  created_by: Id | null;
  /** Condition and channels are one's own to change. */
  can_change: boolean;
  created_at: Instant;
  /** Its maker has left, or may see no runs any more: nobody is told until they may. */
  rests_since: Instant | null;
  paused_at: Instant | null;
  last_firing: { run_id: Id; value: string | null; fired_at: Instant; not_sent: NotSent[] } | null;
  version: number;
}

/** What an alert is to watch; the columns come from the runs of its workflow. */
export interface Subject {
  kind: "workflow" | "schedule";
  id: Id;
  name: string;
  workflowId: Id;
}
