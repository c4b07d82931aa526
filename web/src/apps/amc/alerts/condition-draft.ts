import type { ResultColumn } from "../types";
import { aggregatesFor } from "./condition-words";
import type { AlertAggregate, Channel, Condition, Operator } from "./types";

/** A condition as it is typed; no column is the number of rows. */
export interface ConditionDraft {
  column: string;
  aggregate: AlertAggregate;
  op: Operator;
  value: string;
}

export const firstCondition: ConditionDraft = { column: "", aggregate: "sum", op: "<", value: "1" };

/** A condition that is set, as it would have been typed. */
export function draftOf({ column, aggregate, op, value }: Condition): ConditionDraft {
  return { column: column ?? "", aggregate, op, value: String(value) };
}

/** Another column may not know the aggregate that was chosen: then it takes the first it knows. */
export function withColumn(draft: ConditionDraft, name: string, columns: readonly ResultColumn[]): ConditionDraft {
  const known = aggregatesFor(columns.find((column) => column.name === name));
  const [first = "count"] = known;
  return { ...draft, column: name, aggregate: known.includes(draft.aggregate) ? draft.aggregate : first };
}

/** The condition as it is sent; null while the limit is no number. */
export function conditionOf({ column, aggregate, op, value }: ConditionDraft): Condition | null {
  const limit = Number(value.trim().replace(",", "."));
  if (value.trim() === "" || !Number.isFinite(limit)) return null;
  return column === "" ? { column: null, aggregate: "count", op, value: limit } : { column, aggregate, op, value: limit };
}

export type ChannelError = "mail" | "webhook" | null;

/** What is plainly wrong with a channel; the server looks closer. */
export function channelError(channel: Channel): ChannelError {
  if (channel.kind === "mail") return /^\S+@\S+\.\S+$/.test(channel.to.trim()) ? null : "mail";
  return URL.canParse(channel.url) && /^https?:\/\//.test(channel.url) ? null : "webhook";
}
