import { t } from "@lingui/core/macro";

import type { ResultColumn } from "../types";
import { isNumeric } from "../results/cells";
import { alertAggregates, type AlertAggregate, type Condition, type Operator } from "./types";

export function aggregateText(aggregate: AlertAggregate): string {
  const words: Record<AlertAggregate, string> = {
    sum: t`Sum`,
    avg: t`Mean`,
    min: t`Least`,
    max: t`Greatest`,
    count: t`Number of values`,
    distinct: t`Number of different values`,
  };
  return words[aggregate];
}

export function operatorText(op: Operator): string {
  const words: Record<Operator, string> = {
    ">": t`is above`,
    ">=": t`is at least`,
    "<": t`is below`,
    "<=": t`is at most`,
    "=": t`is exactly`,
    "!=": t`is anything but`,
  };
  return words[op];
}

/** "The sum of purchases is below 100." */
export function conditionText({ column, aggregate, op, value }: Condition): string {
  const limit = `${operatorText(op)} ${value.toLocaleString("en-GB", { maximumFractionDigits: 6 })}`;
  return column === null ? t`The number of rows ${limit}` : t`${aggregateText(aggregate)} of ${column} ${limit}`;
}

/** What can be asked of a column: text can be counted, not added up. */
export function aggregatesFor(column: ResultColumn | undefined): readonly AlertAggregate[] {
  if (column === undefined || isNumeric(column.type)) return alertAggregates;
  return ["count", "distinct"];
}
