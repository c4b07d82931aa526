import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";

import { EmptyState } from "@/ui/states";

/** An address that names no campaign, with the way to those there are. */
export function NoCampaign({ action }: { action: ReactNode }) {
  return (
    <EmptyState whole title={<Trans>There is no such campaign</Trans>} action={action}>
      <Trans>The address may be mistyped, or the campaign is not shown any more.</Trans>
    </EmptyState>
  );
}
