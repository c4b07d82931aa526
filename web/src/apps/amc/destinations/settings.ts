import type { Destination, DestinationKind } from "./types";

/** What was typed, by the setting's name; all of it text. */
export type Typed = Record<string, string>;

const first: Record<DestinationKind, Typed> = {
  postgresql: { host: "", port: "5432", database: "", user: "", password: "", schema_name: "public", table_name: "", tls: "verify" },
  folder: { folder: "" },
  s3: { endpoint: "", region: "us-east-1", bucket: "", prefix: "", access_key_id: "", secret_access_key: "" },
};

export const firstSettings = (kind: DestinationKind): Typed => ({ ...first[kind] });

/** Settings as they were given before; what opens the place is not among them. */
export function keptSettings({ kind, settings }: Pick<Destination, "kind" | "settings">): Typed {
  const known = Object.entries(first[kind]).map(([name, usual]) => {
    const value = settings[name];
    return [name, typeof value === "string" || typeof value === "number" ? String(value) : value === null ? "" : usual] as const;
  });
  return Object.fromEntries(known);
}

const secrets = new Set(["password", "secret_access_key"]);

/** Settings as the API takes them: a port is a number, an endpoint of one's own is addressed by path. */
export function toSettings(kind: DestinationKind, typed: Typed): Record<string, unknown> {
  const trimmed = Object.entries(typed).map(([name, text]) => [name, name === "password" ? text : text.trim()] as const);
  // A secret that is left empty is not sent: one that was given before stays.
  const sent: Record<string, unknown> = Object.fromEntries(trimmed.filter(([name, text]) => !(secrets.has(name) && text === "")));
  if (kind === "postgresql") sent["port"] = Number.parseInt(typed["port"] ?? "", 10) || 0;
  if (kind === "s3") {
    const own = sent["endpoint"] !== "";
    sent["path_style"] = own;
    if (!own) sent["endpoint"] = null;
  }
  return sent;
}
