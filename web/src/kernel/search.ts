type Raw = Record<string, unknown>;

/** The text of a search parameter; anything else counts as not given. */
export function text(raw: Raw, name: string): string | undefined {
  const value = raw[name];
  // The router reads "true" and "7" in an address as what they look like.
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A whole number between two ends, or the first of them. */
export function whole(raw: Raw, name: string, least: number, most: number): number {
  const value = Number(raw[name]);
  return Number.isInteger(value) && value >= least && value <= most ? value : least;
}

/** The named texts of a search and nothing else: what a route's validateSearch returns. */
export function texts<Name extends string>(...names: Name[]) {
  return (raw: Raw): Partial<Record<Name, string | undefined>> => {
    const given: Partial<Record<Name, string | undefined>> = {};
    for (const name of names) given[name] = text(raw, name);
    return given;
  };
}
