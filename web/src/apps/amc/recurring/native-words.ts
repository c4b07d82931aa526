import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg, t } from "@lingui/core/macro";

import type { AmcExport, Native } from "./types";

const days: Record<string, MessageDescriptor> = {
  Monday: msg`Monday`,
  Tuesday: msg`Tuesday`,
  Wednesday: msg`Wednesday`,
  Thursday: msg`Thursday`,
  Friday: msg`Friday`,
  Saturday: msg`Saturday`,
  Sunday: msg`Sunday`,
};

/** "Every Monday at 06:00 UTC": when Amazon's own schedule fires. */
export function nativeText({ period, start_day, hour_utc }: Native): string {
  const at = `${String(hour_utc).padStart(2, "0")}:00`;
  const known = days[start_day ?? ""];
  const day = known === undefined ? (start_day ?? "") : i18n._(known);
  return period === "Daily" ? t`Every day at ${at} UTC` : t`Every ${day} at ${at} UTC`;
}

const states: Record<AmcExport["state"], MessageDescriptor> = {
  asked: msg`On its way to Amazon`,
  kept: msg`Fires at Amazon as well`,
  failed: msg`Amazon did not take it`,
  leaving: msg`Being taken back`,
};

export const exportText = ({ state }: AmcExport) => i18n._(states[state]);
