import { t } from "@lingui/core/macro";

import type { ruleFault } from "./segments";

export function faultText(fault: NonNullable<ReturnType<typeof ruleFault>>): string {
  const words = {
    days: t`Give both days`,
    order: t`The end comes after the beginning`,
    past: t`AMC keeps 13 months`,
  };
  return words[fault];
}

export function knownZone(zone: string): boolean {
  try {
    Intl.DateTimeFormat("en-GB", { timeZone: zone });
    return zone !== "";
  } catch {
    return false;
  }
}
