import { t } from "@lingui/core/macro";

import type { Change } from "./types";

const write = (value: number, options: Intl.NumberFormatOptions) => value.toLocaleString("en-GB", options);

/** A figure as its measure is read; what is not known is a dash, never a nought. */
export function figureText(value: number | null, format: string): string {
  if (value === null) return "–";
  if (format === "percent") return `${write(value * 100, { maximumFractionDigits: 2 })} %`;
  if (format === "money") return write(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  if (format === "decimal") return write(value, { minimumFractionDigits: 2, maximumFractionDigits: 4 });
  return write(value, { maximumFractionDigits: Math.abs(value) < 100 && !Number.isInteger(value) ? 2 : 0 });
}

/** "+12.5 %", "new" where there was nothing before, "n/a" where nothing is compared: never an invented percentage. */
export function changeText({ kind, value }: Change): string {
  if (kind === "new") return t`new`;
  if (kind === "none" || value === null) return t`n/a`;
  const rounded = Math.round(value * 10) / 10;
  const sign = rounded > 0 ? "+" : rounded < 0 ? "−" : "±";
  return `${sign}${write(Math.abs(rounded), { maximumFractionDigits: 1 })} %`;
}

/** Where it went; by itself neither is good. */
export function direction({ kind, value }: Change): "up" | "down" | "same" | null {
  if (kind !== "percent" || value === null) return null;
  const rounded = Math.round(value * 10);
  return rounded > 0 ? "up" : rounded < 0 ? "down" : "same";
}
