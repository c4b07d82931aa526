const zoneHere = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

type Options = Intl.DateTimeFormatOptions;
const made = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs a hundred times its use: a list writes thousands of instants. */
function formatOf(locale: string, options: Options): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = made.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, options);
    made.set(key, format);
  }
  return format;
}

const short: Options = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" };

const seconds: Options = { second: "2-digit" };

function withZone(instant: string, zone: string, locale: string, finer: Options = {}): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return "–";
  const day = formatOf(locale, {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: zone,
  });
  const clock = formatOf(locale, {
    hour: "2-digit",
    minute: "2-digit",
    ...finer,
    timeZone: zone,
    timeZoneName: "short",
  });
  return `${day.format(date).replace(",", "")}, ${clock.format(date)}`;
}

/** An instant as a fixed date and time with its zone: "Mon 4 Jan 2027, 18:00 CET". Never relative, never ticking. */
export function formatInstant(instant: string, zone: string = zoneHere(), locale = "en-GB"): string {
  return withZone(instant, zone, locale);
}

/** As `formatInstant`, to the second, for a record of a log: "Mon 4 Jan 2027, 18:00:07 CET". */
export function formatExact(instant: string, zone: string = zoneHere(), locale = "en-GB"): string {
  return withZone(instant, zone, locale, seconds);
}

/** A short form for dense tables, in the viewer's zone: "4 Jan 2027, 18:00". */
export function formatShort(instant: string, locale = "en-GB"): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return "–";
  return formatOf(locale, short).format(date);
}

/** As `formatShort`, to the second, for lists of what happens many times a minute: "4 Jan 2027, 18:00:07". */
export function formatLogged(instant: string, zone: string = zoneHere(), locale = "en-GB"): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return "–";
  return formatOf(locale, { ...short, ...seconds, timeZone: zone }).format(date);
}

/** A calendar day without a time of its own, "2026-11-21": "21 Nov 2026". */
export function formatDay(day: string, locale = "en-GB"): string {
  const date = new Date(day);
  if (Number.isNaN(date.getTime())) return "–";
  return formatOf(locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(date);
}

/** A length of time in its two largest parts: "10 days, 1 hour", "5 minutes"; whole minutes, upwards. */
export function formatDuration(seconds: number, locale = "en-GB"): string {
  const minutes = Math.ceil(seconds / 60);
  const parts: [number, string][] = [
    [Math.floor(minutes / 1440), "day"],
    [Math.floor(minutes / 60) % 24, "hour"],
    [minutes % 60, "minute"],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  const write = ([value, unit]: [number, string]) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(value);
  return parts
    .slice(Math.max(first, 0), Math.max(first, 0) + 2)
    .filter(([value]) => value > 0)
    .map(write)
    .join(", ");
}

/** An instant as the value of a datetime-local field, in the viewer's zone. */
export function toLocalField(instant: string): string {
  const date = new Date(instant);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

export function fromLocalField(text: string): string {
  return new Date(text).toISOString();
}

export { zoneHere };
