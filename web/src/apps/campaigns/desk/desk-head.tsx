import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { PageHead } from "@/ui/page";

interface DeskHeadProps {
  title: ReactNode;
  below: ReactNode;
  actions?: ReactNode;
}

/** The head of one queue, with the way back to all of them. */
export function DeskHead({ title, below, actions }: DeskHeadProps) {
  return (
    <PageHead
      above={
        <Link to="/desk" className="hover:text-ink">
          <Trans>Control room</Trans>
        </Link>
      }
      title={title}
      below={below}
      {...(actions === undefined ? {} : { actions })}
    />
  );
}
