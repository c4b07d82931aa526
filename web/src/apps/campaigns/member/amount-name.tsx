import { Trans } from "@lingui/react/macro";

import type { FundingMode } from "../types";

/** What the amount is called at the moment of confirming: only one way of funding locks it at once. */
export function AmountName({ mode }: { mode: FundingMode }) {
  if (mode === "auth_hold") return <Trans>To reserve now, for escrow</Trans>;
  if (mode === "charge_on_success") return <Trans>For escrow, if the campaign closes with enough</Trans>;
  return <Trans>To lock in escrow</Trans>;
}
