import { t } from "@lingui/core/macro";

import type { FundingMode } from "./types";

/** When the amount is locked, in the members' words; the same as in the published rules. */
export function fundingText(mode: FundingMode): string {
  if (mode === "auth_hold") {
    return t`Your amount is reserved on your payment method when you commit, and taken into escrow when the campaign closes with enough commitments. Otherwise the reservation ends by itself.`;
  }
  if (mode === "charge_on_success") {
    return t`Nothing is taken when you commit. When the campaign closes with enough commitments, your amount is taken into escrow.`;
  }
  return t`Your amount is locked in escrow at once, when you commit.`;
}
