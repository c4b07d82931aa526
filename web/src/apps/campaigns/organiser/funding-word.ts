import { t } from "@lingui/core/macro";

import type { FundingMode } from "../types";

export function fundingWord(mode: FundingMode): string {
  if (mode === "auth_hold") return t`Reserved at once, taken at the close`;
  if (mode === "charge_on_success") return t`Taken only after the close`;
  return t`Into escrow at once`;
}
