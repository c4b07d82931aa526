import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { buttonClass } from "@/ui/button";
import { EmptyState } from "@/ui/states";

export function NotFound() {
  return (
    <main>
      <EmptyState
        whole
        title={<Trans>There is no such page</Trans>}
        action={
          <Link to="/" className={buttonClass("primary", "normal")}>
            <Trans>To the first page</Trans>
          </Link>
        }
      >
        <Trans>The address may be mistyped, or the page has moved.</Trans>
      </EmptyState>
    </main>
  );
}
