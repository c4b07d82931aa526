import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";

import { EmptyState, RequestId } from "@/ui/states";

/** An address that names no campaign, with the way to those there are. */
export function NoCampaign({ action, error }: { action: ReactNode; error: unknown }) {
  return (
    <EmptyState whole title={<Trans>There is no such campaign</Trans>} action={action}>
      <Trans>The address may be mistyped, or the campaign is not shown any more.</Trans>
      <RequestId error={error} />
    </EmptyState>
  );
}
