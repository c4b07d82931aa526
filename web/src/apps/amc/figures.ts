export const count = (value: number) => value.toLocaleString("en-GB");

export const orDash = (value: number | null) => (value === null ? "–" : count(value));

const steps = ["B", "kB", "MB", "GB", "TB"] as const;

/** A size of so many bytes in the unit that needs the fewest digits: "1.4 MB". */
export function size(bytes: number | null): string {
  if (bytes === null) return "–";
  const power = bytes === 0 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), steps.length - 1);
  const value = bytes / 1000 ** power;
  return `${value.toLocaleString("en-GB", { maximumFractionDigits: power === 0 ? 0 : 1 })} ${steps[power] ?? "B"}`;
}

/** The time between two instants as a clock would count it: "42 s", "3 min 5 s"; null while it has no end. */
export function took(from: string | null, to: string | null): string | null {
  if (from === null || to === null) return null;
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A wall clock without a zone, "2026-09-01T00:00:00", as a day or as day and time. */
export function wallClock(text: string): string {
  const [day = "", time = ""] = text.split("T");
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return text;
  const written = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(date);
  const clock = time.slice(0, 5);
  return clock === "" || clock === "00:00" ? written : `${written}, ${clock}`;
}

const isMidnight = (text: string) => /^\d{4}-\d{2}-\d{2}(T00:00(:00(\.0+)?)?)?$/.test(text);

/** The last day of a window whose end is not part of it; null where it is no window of whole days. */
export function lastDay(start: string, end: string): string | null {
  if (!isMidnight(start) || !isMidnight(end) || end <= start) return null;
  return new Date(Date.parse(`${end.slice(0, 10)}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

/** A half-open window of wall clocks; whole days by the first and the last: "1 Sept 2026 – 30 Sept 2026". */
export function windowText(start: string, end: string): string {
  const last = lastDay(start, end);
  if (last === null) return `${wallClock(start)} – ${wallClock(end)}`;
  return last === start.slice(0, 10) ? wallClock(last) : `${wallClock(start)} – ${wallClock(last)}`;
}

export function windowDays(start: string, end: string): number {
  return Math.round((Date.parse(`${end.slice(0, 19)}Z`) - Date.parse(`${start.slice(0, 19)}Z`)) / 86_400_000);
}

/** A value of which only the server knows the type, as it would be typed. */
export function plainText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
