import { addDays, beginOf, daysBetween, isDay, moved, type Unit } from "../collections/days";
import type { SegmentRule, SegmentUnit } from "../collections/types";
import type { Comparison, Grouping } from "./types";

export const presets = [1, 4, 12, 26] as const;
export const firstPreset = 12;

/** How a collection cuts time, with both its ends. */
export type Rule = SegmentRule & { to: string };

export interface Chosen {
  from: string;
  to: string;
}

/** How many segments of one client are over. */
export function segmentCount(rule: Rule, today: string): number {
  const { unit } = rule;
  if (unit === "once") return 1;
  const begin = beginOf(rule.from, unit, rule.week_starts_on);
  const to = lastEnd({ ...rule, unit }, today);
  if (unit === "day" || unit === "week") return Math.ceil(daysBetween(begin, to) / (unit === "day" ? 1 : 7));
  let [count, at] = [0, begin];
  while (at < to) {
    at = moved(at, unit, 1);
    count += 1;
  }
  return count;
}

/** Where the last segment ends that is over; the end of them all when none is. */
function lastEnd({ unit, from, to, week_starts_on: weekStart }: Rule & { unit: Unit }, today: string): string {
  const end = moved(beginOf(addDays(to, -1), unit, weekStart), unit, 1);
  if (end <= today) return end;
  const over = beginOf(today, unit, weekStart);
  return over > beginOf(from, unit, weekStart) ? over : end;
}

/** The last so many segments that are over, at most all there are. */
export function lastSegments(rule: Rule, count: number, today: string): Chosen {
  const { unit, from } = rule;
  if (unit === "once") return { from, to: rule.to };
  const to = lastEnd({ ...rule, unit }, today);
  const begin = beginOf(from, unit, rule.week_starts_on);
  const back = moved(to, unit, -count);
  return { from: back < begin ? begin : back, to };
}

/** The presets that differ from each other: none is longer than all there is. */
export function usablePresets(rule: Rule, today: string): number[] {
  const all = segmentCount(rule, today);
  return [...presets.filter((count) => count < all), all];
}

/** What the address asks for, mended: two days in order, or the last twelve segments where these are known. */
export function periodOf(rule: Rule | null, today: string, from: string | undefined, to: string | undefined): Partial<Chosen> {
  if (from !== undefined && to !== undefined && isDay(from) && isDay(to) && from < to) return { from, to };
  return rule === null ? {} : lastSegments(rule, firstPreset, today);
}

const length: Record<SegmentUnit, number> = { day: 1, week: 2, month: 3, quarter: 4, once: 5 };

/** Segments can be put together to longer stretches only. */
export function usableGroupings(unit: SegmentUnit): Grouping[] {
  const longer = (["week", "month", "quarter"] as const).filter((each) => length[each] > length[unit]);
  return ["segment", ...longer];
}

const known = <Value extends string>(all: readonly Value[], value: string | undefined, first: Value): Value => all.find((each) => each === value) ?? first;

export const comparisonOf = (value: string | undefined) => known<Comparison>(["none", "previous", "year"], value, "previous");
export const groupingOf = (value: string | undefined, unit: SegmentUnit) => known<Grouping>(usableGroupings(unit), value, "segment");
