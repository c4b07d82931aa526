import { addDays, beginOf, daysBetween, isDay, moved } from "./days";
import type { SegmentRule } from "./types";

export interface Span {
  start: string;
  end: string;
}

export interface Planned extends Span {
  /** From this day on Amazon's data for it are complete. */
  settles: string;
}

/** Conversions are credited for so long by traffic time; everything else is there within two days. */
export const lagOf = (sql: string, tables: readonly string[]) => ([sql, ...tables].some((text) => text.includes("amazon_attributed_events_by_traffic_time")) ? 14 : 2);

/** AMC keeps thirteen months; a day less, so that what is asked for today can still be asked tomorrow. */
export const oldestDays = 394;
const mostSegments = 400;

interface Wanted {
  rule: SegmentRule;
  /** One that goes on has the unit that is running, too. */
  continuing: boolean;
  today: string;
}

/** Whole units from the one that holds the first day to the last that begins before `to`; without it, to the last that is over. */
export function segmentsOf({ rule, continuing, today }: Wanted): Span[] {
  const { unit, from, to, week_starts_on: weekStart } = rule;
  if (!isDay(from) || (to !== null && (!isDay(to) || from >= to))) return [];
  if (unit === "once") return to === null ? [] : [{ start: from, end: to }];
  const oldest = addDays(today, -oldestDays);
  const spans: Span[] = [];
  let start = beginOf(from, unit, weekStart);
  if (start < oldest) start = moved(start, unit, 1);
  const wanted = (end: string) => (to === null ? end <= today : start < to) || (continuing && start <= today);
  for (;;) {
    const end = moved(start, unit, 1);
    if (!wanted(end) || spans.length === mostSegments) return spans;
    spans.push({ start, end });
    start = end;
  }
}

export function planned(wanted: Wanted, lag: number): Planned[] {
  return segmentsOf(wanted).map((span) => ({ ...span, settles: addDays(span.end, lag) }));
}

export type Fault = "days" | "order" | "past" | "future" | "none";

/** Why a rule cannot be collected, or null. */
export function ruleFault({ rule, continuing, today }: Wanted): Fault | null {
  const { unit, from, to } = rule;
  if (!isDay(from) || (to === null ? unit === "once" : !isDay(to))) return "days";
  if (to !== null && from >= to) return "order";
  if (from > today) return "future";
  if (daysBetween(from, today) > oldestDays) return "past";
  return segmentsOf({ rule, continuing, today }).length === 0 ? "none" : null;
}

/** What a rule to begin with is made of: so many whole units before a day, of the data that begin on `first`. */
export interface Lately {
  until: string;
  first: string | null;
}

export function lastUnits(unit: Exclude<SegmentRule["unit"], "once">, count: number, { until, first }: Lately, weekStart = 1): SegmentRule & { to: string } {
  const end = beginOf(until, unit, weekStart);
  let from = moved(end, unit, -count);
  // Never before the first data, as long as one unit is left.
  while (first !== null && from < first && moved(from, unit, 1) < end) from = moved(from, unit, 1);
  return { unit, from, to: end, week_starts_on: weekStart };
}
