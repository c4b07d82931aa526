import type { DestinationKind } from "./types";

/** What was typed, by the setting's name; all of it text. */
export type Typed = Record<string, string>;

const first: Record<DestinationKind, Typed> = {
  postgresql: { host: "", port: "5432", database: "", user: "", password: "", schema_name: "public", table_name: "", tls: "verify" },
  folder: { folder: "" },
  s3: { endpoint: "", region: "us-east-1", bucket: "", prefix: "", access_key_id: "", secret_access_key: "" },
};

export const firstSettings = (kind: DestinationKind): Typed => ({ ...first[kind] });

/** Settings as the API takes them: a port is a number, an endpoint of one's own is addressed by path. */
export function toSettings(kind: DestinationKind, typed: Typed): Record<string, unknown> {
  const trimmed = Object.entries(typed).map(([name, text]) => [name, name === "password" ? text : text.trim()] as const);
  const sent: Record<string, unknown> = Object.fromEntries(trimmed);
  if (kind === "postgresql") sent["port"] = Number.parseInt(typed["port"] ?? "", 10) || 0;
  if (kind === "s3") {
    const own = sent["endpoint"] !== "";
    sent["path_style"] = own;
    if (!own) sent["endpoint"] = null;
  }
  return sent;
}
