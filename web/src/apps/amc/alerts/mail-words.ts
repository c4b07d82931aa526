import { t } from "@lingui/core/macro";

import type { Alert, NotSent } from "./types";

/** What is to be known of an address beside it; null when mails reach it. */
export function standingText(alert: Alert, address: string): string | null {
  const awaited = alert.awaited.find(({ to }) => to === address);
  if (awaited === undefined) return null;
  return awaited.standing === "asked" ? t`has not said yes yet` : t`wants none`;
}

/** Whom a mail did not reach, and why. */
export function notSentText({ to, reason }: NotSent): string {
  if (reason === "unconfirmed") return t`Not sent to ${to}: it has not said yes yet`;
  if (reason === "refused") return t`Not sent to ${to}: it wants none`;
  return t`Not sent to ${to}: the mails of that day were used up`;
}
