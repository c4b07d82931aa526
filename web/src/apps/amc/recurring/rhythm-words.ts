import { t } from "@lingui/core/macro";

import { wallClock } from "../figures";
import type { Rhythm } from "./types";

const everyday = /^(\d{1,2}) (\d{1,2}) (\*|\d{1,2}) \* (\*|[0-7](?:-[0-7])?)$/;

const clock = (hour: string, minute: string) => `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;

function weekday(number: number): string {
  // 4 January 2026 was a Sunday, which cron numbers 0 and 7.
  const day = new Date(Date.UTC(2026, 0, 4 + (number % 7)));
  return new Intl.DateTimeFormat("en-GB", { weekday: "long", timeZone: "UTC" }).format(day);
}

/** Cron fields that say something plain, in words; null for all others. */
function cronText(expression: string): string | null {
  const [, minute = "", hour = "", day = "", week = ""] = everyday.exec(expression.trim().replaceAll(/\s+/g, " ")) ?? [];
  if (minute === "" || Number(hour) > 23 || Number(minute) > 59) return null;
  const at = clock(hour, minute);
  // With both, cron fires on either: no plain sentence says so.
  if (day !== "*" && week !== "*") return null;
  if (day !== "*") return t`On day ${day} of each month at ${at}`;
  if (week === "*") return t`Every day at ${at}`;
  const [from = 0, to] = week.split("-").map(Number);
  return to === undefined ? t`Every ${weekday(from)} at ${at}` : t`From ${weekday(from)} to ${weekday(to)} at ${at}`;
}

function nthText(nth: number): string {
  const known: Record<number, string> = { 1: t`first`, 2: t`second`, 3: t`third`, [-1]: t`last` };
  if (known[nth] !== undefined) return known[nth];
  return nth > 0 ? t`${nth}th` : t`${-nth}th but last`;
}

/** When a schedule fires, as a sentence. */
export function rhythmText(rhythm: Rhythm): string {
  if (rhythm.kind === "cron") return cronText(rhythm.expression) ?? t`By the cron fields ${rhythm.expression}`;
  const { at } = rhythm;
  if (rhythm.kind === "every_days") {
    const { days } = rhythm;
    const from = wallClock(rhythm.anchor_on);
    return days === 1 ? t`Every day at ${at}, from ${from}` : t`Every ${days} days at ${at}, counted from ${from}`;
  }
  if (rhythm.kind === "business_day") return t`On the ${nthText(rhythm.nth)} working day of each month at ${at}`;
  const units = { day: t`day`, week: t`week`, month: t`month`, quarter: t`quarter` };
  const [unit, lag] = [units[rhythm.unit], rhythm.lag_days];
  if (lag === 0) return t`Right after each ${unit} has ended, at ${at}`;
  return lag === 1 ? t`One day after each ${unit} has ended, at ${at}` : t`${lag} days after each ${unit} has ended, at ${at}`;
}

/** A name without the dates that the run it was made from carried: it is repeated over others. */
export function withoutDates(name: string): string {
  const dates = /\s*[-–(]?\s*\b20\d{2}-\d{2}-\d{2}(?:T[\d:]+)?\b\)?/g;
  return name.replaceAll(dates, "").replaceAll(/\s+/g, " ").replace(/[\s–-]+$/, "").trim();
}
