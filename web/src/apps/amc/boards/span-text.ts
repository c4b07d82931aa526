import { daysBetween, moved } from "../collections/days";
import { windowText } from "../figures";
import type { Period } from "./types";

const written = (day: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }).format(new Date(`${day.slice(0, 10)}T00:00:00Z`));

/** A stretch of time in as few words as tell it: "Sept 2026", "Q3 2026", "7 Sept", else both ends. */
export function spanText({ start, end }: Period): string {
  const [from, to] = [start.slice(0, 10), end.slice(0, 10)];
  if (from.endsWith("-01")) {
    if (moved(from, "month", 1) === to) return written(from, { month: "short", year: "numeric" });
    const month = Number(from.slice(5, 7));
    if (month % 3 === 1 && moved(from, "quarter", 1) === to) return `Q${Math.ceil(month / 3)} ${from.slice(0, 4)}`;
  }
  const days = daysBetween(from, to);
  if (days === 1) return written(from, { day: "numeric", month: "short" });
  if (days === 7) return written(from, { day: "numeric", month: "short", year: "2-digit" });
  return windowText(start, end);
}
