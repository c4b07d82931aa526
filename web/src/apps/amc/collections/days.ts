// Calendar days, "2026-09-01", counted without any zone: a segment is wall-clock time of its collection's zone.

export const units = ["day", "week", "month", "quarter"] as const;
export type Unit = (typeof units)[number];

const months: Record<"month" | "quarter", number> = { month: 1, quarter: 3 };

const dateOf = (day: string) => new Date(`${day.slice(0, 10)}T00:00:00Z`);
const textOf = (date: Date) => date.toISOString().slice(0, 10);

export const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(dateOf(text).getTime());

export function addDays(day: string, count: number): string {
  const date = dateOf(day);
  date.setUTCDate(date.getUTCDate() + count);
  return textOf(date);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((dateOf(to).getTime() - dateOf(from).getTime()) / 86_400_000);
}

/** The first day of the unit that holds a day; weeks begin on 1 (Monday) to 7 (Sunday). */
export function beginOf(day: string, unit: Unit, weekStartsOn = 1): string {
  const date = dateOf(day);
  if (unit === "day") return textOf(date);
  if (unit === "week") {
    const weekday = date.getUTCDay() === 0 ? 7 : date.getUTCDay();
    return addDays(day, -((weekday - weekStartsOn + 7) % 7));
  }
  const step = months[unit];
  return textOf(new Date(Date.UTC(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / step) * step, 1)));
}

/** The beginning of a unit, moved on by so many of them; back with a negative count. */
export function moved(begin: string, unit: Unit, count: number): string {
  if (unit === "day") return addDays(begin, count);
  if (unit === "week") return addDays(begin, count * 7);
  const date = dateOf(begin);
  return textOf(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count * months[unit], 1)));
}

/** The day it is at an instant in a zone. */
export function dayAt(instant: number, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  return parts.format(instant);
}
