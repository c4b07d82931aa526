import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { PageHead } from "@/ui/page";

interface FrameProps {
  title: ReactNode;
  below: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

const pages = ["/payments/breaks", "/payments/statements", "/payments/instructions"] as const;

/** The head of the three lists that belong together, and the way between them. */
export function PaymentsFrame({ title, below, actions, children }: FrameProps) {
  const words = { [pages[0]]: t`Differences`, [pages[1]]: t`Statements`, [pages[2]]: t`Instructions` };
  return (
    <>
      <PageHead
        above={
          <Link to="/desk" className="hover:text-ink">
            <Trans>Control room</Trans>
          </Link>
        }
        title={<Trans>Reconciliation: {title}</Trans>}
        below={below}
        {...(actions === undefined ? {} : { actions })}
      />
      <nav aria-label={t`Reconciliation`} className="mb-13 flex gap-21 overflow-x-auto">
        {pages.map((to) => (
          <Link
            key={to}
            to={to}
            preload="intent"
            className="flex h-34 shrink-0 items-center text-12 font-medium"
            activeProps={{ className: "text-ink underline decoration-2 underline-offset-8", "aria-current": "page" }}
            inactiveProps={{ className: "text-muted hover:text-ink" }}
          >
            {words[to]}
          </Link>
        ))}
      </nav>
      {children}
    </>
  );
}
