import { t } from "@lingui/core/macro";

import { windowDays, windowText } from "../figures";
import type { WindowRule } from "../types";

const longest = 395;

/** Why a rule is no window, or null. */
export function windowError(rule: WindowRule): string | null {
  if (rule.kind === "rolling") {
    return Number.isInteger(rule.days) && rule.days >= 1 && rule.days <= longest ? null : t`From 1 to ${longest} days`;
  }
  if (rule.kind === "calendar") {
    return Number.isInteger(rule.back) && rule.back >= 1 && rule.back <= 400 ? null : t`From 1 to 400`;
  }
  const shape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/;
  if (!shape.test(rule.start) || !shape.test(rule.end)) return t`Give both ends`;
  if (rule.start >= rule.end) return t`The end comes after the beginning`;
  return windowDays(rule.start, rule.end) > longest ? t`AMC keeps 13 months` : null;
}

/** Dates to begin with: the window that was shown last. */
export function explicitFrom(preview: { start: string; end: string } | undefined): WindowRule {
  return { kind: "explicit", start: preview?.start.slice(0, 19) ?? "", end: preview?.end.slice(0, 19) ?? "" };
}

/** A rule in words. */
export function ruleText(rule: WindowRule): string {
  if (rule.kind === "explicit") return windowText(rule.start, rule.end);
  if (rule.kind === "rolling") {
    const lag = rule.lag_days;
    return lag === null ? t`The last ${rule.days} days of complete data` : t`${rule.days} days, ending ${lag} days ago`;
  }
  const units = { day: t`day`, week: t`week`, month: t`month`, quarter: t`quarter` };
  const unit = units[rule.unit];
  return rule.back === 1 ? t`The last whole ${unit}` : t`The ${unit} ${rule.back} back`;
}
