import { addDays, beginOf, dayAt, daysBetween, isDay, moved } from "./days";
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
export const lagOf = (sql: string) => (sql.includes("amazon_attributed_events_by_traffic_time") ? 14 : 2);

/** AMC keeps thirteen months. */
export const longestDays = 395;
const mostSegments = 400;

/** Whole units from the one that holds the first day to the last that begins before `to`; without it, to the last that is over. */
export function segmentsOf(rule: SegmentRule, today: string): Span[] {
  const { unit, from, to, week_starts_on: weekStart } = rule;
  if (!isDay(from) || (to !== null && (!isDay(to) || from >= to))) return [];
  if (unit === "once") return to === null ? [] : [{ start: from, end: to }];
  const spans: Span[] = [];
  let start = beginOf(from, unit, weekStart);
  for (;;) {
    const end = moved(start, unit, 1);
    const over = to === null ? end > today : start >= to;
    if (over || spans.length === mostSegments) return spans;
    spans.push({ start, end });
    start = end;
  }
}

export function planned(rule: SegmentRule, today: string, lag: number): Planned[] {
  return segmentsOf(rule, today).map((span) => ({ ...span, settles: addDays(span.end, lag) }));
}

/** Why a rule cannot be collected, or null. */
export function ruleFault(rule: SegmentRule, today: string): "days" | "order" | "past" | null {
  if (!isDay(rule.from) || (rule.to !== null && !isDay(rule.to))) return "days";
  if (rule.to !== null && rule.from >= rule.to) return "order";
  if (daysBetween(rule.from, today) > longestDays) return "past";
  if (rule.unit === "once" && rule.to === null) return "days";
  return null;
}

/** A rule to begin with: the last whole units before today. */
export function lastUnits(unit: Exclude<SegmentRule["unit"], "once">, count: number, now: number, zone: string, weekStart = 1): SegmentRule {
  const end = beginOf(dayAt(now, zone), unit, weekStart);
  return { unit, from: moved(end, unit, -count), to: end, week_starts_on: weekStart };
}
