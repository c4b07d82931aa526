import { t } from "@lingui/core/macro";

import type { ConfigItem, ConfigValue } from "../types";

/** A value as its field shows it; what has no bound is empty. */
export function typed(value: ConfigValue): string {
  return value === null ? "" : String(value);
}

/** What a field holds as the server takes it; what is no number goes as it is, and is refused there. */
export function read(item: ConfigItem, text: string): ConfigValue {
  const trimmed = text.trim();
  if (item.kind === "text") return trimmed;
  if (trimmed === "") return item.may_be_unbounded ? null : "";
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : trimmed;
}

export function said(value: ConfigValue, unit: string): string {
  if (value === null) return t`without bound`;
  if (typeof value === "string") return value;
  const number = value.toLocaleString("en-GB");
  return unit === "" ? number : `${number} ${unit}`;
}
