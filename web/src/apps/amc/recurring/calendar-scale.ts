import type { SchedulePreview } from "./types";

/** Places between 0 and 1 on a line of time. */
export interface Scale {
  firings: number[];
  windows: { from: number; to: number }[];
  months: { at: number; label: string }[];
}

const monthName = new Intl.DateTimeFormat("en-GB", { month: "short", timeZone: "UTC" });
const most = 8;

/** A wall clock without a zone stands on the line as if it were UTC: hours do not show at this size. */
const wall = (text: string) => Date.parse(`${text.slice(0, 19)}Z`);

/** Firings and windows on one line, from the first day any of them touches to the last. */
export function scaleTime({ firings, windows }: SchedulePreview): Scale | null {
  const fires = firings.map((at) => Date.parse(at));
  const spans = windows.map(({ start, end }) => ({ from: wall(start), to: wall(end) }));
  const all = [...fires, ...spans.flatMap(({ from, to }) => [from, to])].filter((at) => Number.isFinite(at));
  if (all.length < 2) return null;
  const [least, greatest] = [Math.min(...all), Math.max(...all)];
  if (least === greatest) return null;
  const place = (at: number) => (at - least) / (greatest - least);
  return {
    firings: fires.map(place),
    windows: spans.map(({ from, to }) => ({ from: place(from), to: place(to) })),
    months: monthsBetween(least, greatest).map((at) => ({ at: place(at), label: monthName.format(at) })),
  };
}

function monthsBetween(least: number, greatest: number): number[] {
  const first = new Date(least);
  const begun: number[] = [];
  for (let month = first.getUTCMonth() + 1; ; month += 1) {
    const at = Date.UTC(first.getUTCFullYear(), month, 1);
    if (at > greatest) break;
    begun.push(at);
  }
  const step = Math.ceil(begun.length / most);
  return begun.filter((_, index) => index % Math.max(step, 1) === 0);
}
