import { t } from "@lingui/core/macro";

import { formatDay } from "@/kernel/time";
import type { Filter } from "@/ui/table/table-bar";

import { addDays, isDay } from "../collections/days";

/** The first and the last day on which runs were asked for, both included. */
export interface AskedDays {
  since?: string | undefined;
  until?: string | undefined;
}

/** How many days back what is offered begins. */
const back = [0, 6, 29, 89];

/** A day that can be asked for: while a year is typed it begins with noughts. */
export const isUsual = (day: string) => isDay(day) && day >= "2000-01-01" && day < "2100-01-01";

/** What the address holds of days; what is none, or ends before it begins, is left out. */
export function daysOf({ since, until }: AskedDays): AskedDays {
  const first = since !== undefined && isUsual(since) ? since : undefined;
  const last = until !== undefined && isUsual(until) && until >= (first ?? until) ? until : undefined;
  return { since: first, until: last };
}

/** With one of them changed; where they would cross, the other is moved along. */
export function withDay(days: AskedDays, which: "since" | "until", day: string | undefined): AskedDays {
  const next = { ...days, [which]: day };
  const crossed = next.since !== undefined && next.until !== undefined && next.until < next.since;
  return crossed ? { since: day, until: day } : next;
}

/** Both days as filters, so that each is a chip. */
export function daysFilters({ since, until }: AskedDays, today: string): Filter[] {
  const offered = back.map((days) => addDays(today, -days)).map((day) => ({ value: day, label: formatDay(day) }));
  const choices = (chosen: string | undefined) =>
    chosen === undefined || offered.some(({ value }) => value === chosen) ? offered : [{ value: chosen, label: formatDay(chosen) }, ...offered];
  return [
    { id: "since", label: t`Asked since`, choices: choices(since) },
    { id: "until", label: t`Asked until`, choices: choices(until) },
  ];
}
