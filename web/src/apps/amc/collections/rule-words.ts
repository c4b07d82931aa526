import { t } from "@lingui/core/macro";

import type { Fault } from "./segments";

export function faultText(fault: Fault): string {
  const words: Record<Fault, string> = {
    days: t`Give both days`,
    order: t`The end comes after the beginning`,
    past: t`AMC keeps 13 months`,
    future: t`Begin today at the latest`,
    none: t`No whole segment of it is over yet: begin earlier, or let it go on by itself`,
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
