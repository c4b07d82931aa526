import { t } from "@lingui/core/macro";

import { wallClock } from "../figures";
import type { Client, WindowRule } from "../types";

const dayMs = 86_400_000;

export type Days = Pick<Client, "data_first_on" | "data_last_on">;

const month = (day: string) => day.slice(0, 7);

const dayAfter = (day: string) => new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);

function monthBefore(text: string): string {
  const [year = 0, number = 1] = text.split("-").map(Number);
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, "0")}`;
}

/** The days a client has data of, in words; null where nobody told. */
export function dataDaysText({ data_first_on, data_last_on }: Days): string | null {
  if (data_first_on === null || data_last_on === null) return null;
  return t`${wallClock(data_first_on)} to ${wallClock(data_last_on)}`;
}

/**
 * The last whole period that has data: a month where one is whole, else all the days there are. Undefined where
 * nobody told which days there are, and where they reach up to lately.
 */
export function windowWithData(days: Days, today: string): WindowRule | undefined {
  const { data_first_on: first, data_last_on: last } = days;
  if (first === null || last === null) return undefined;
  if (Date.parse(today) - Date.parse(last) <= 3 * dayMs) return undefined;
  const end = dayAfter(last);
  let wanted = month(end);
  let back = 0;
  for (let at = month(today); at >= wanted; at = monthBefore(at)) back += 1;
  // `wanted` is the month in which the data have ended: the one before it is the last that is whole.
  wanted = monthBefore(wanted);
  if (`${wanted}-01` < first || back > 400) return { kind: "explicit", start: `${first}T00:00:00`, end: `${end}T00:00:00` };
  return { kind: "calendar", unit: "month", back };
}

/** The days any of some clients has data of; untold where one of them did not tell. */
export function daysOfAll(clients: readonly Days[]): Days {
  const [first, last] = [clients.map(({ data_first_on }) => data_first_on), clients.map(({ data_last_on }) => data_last_on)];
  if (clients.length === 0 || [...first, ...last].includes(null)) return { data_first_on: null, data_last_on: null };
  return { data_first_on: first.toSorted()[0] ?? null, data_last_on: last.toSorted().at(-1) ?? null };
}

/** The day up to which there are data: today, unless somebody told that they end before. */
export function latelyOf({ data_last_on: last }: Days, today: string): string {
  return last === null || dayAfter(last) > today ? today : dayAfter(last);
}

/** Whether a window and the data have a day in common; true where nobody told of the data. */
export function meetsData({ data_first_on, data_last_on }: Days, window: { start: string; end: string }): boolean {
  if (data_first_on === null || data_last_on === null) return true;
  return window.start < `${dayAfter(data_last_on)}T00:00:00` && window.end > `${data_first_on}T00:00:00`;
}
