import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Building2 } from "lucide-react";

import { formatMoney } from "@/kernel/money";
import { buttonClass } from "@/ui/button";

import { Queue } from "./queue";
import type { ProviderAction } from "./types";
import { actionWords } from "./words";

/** What happened at the provider and is not in our books. */
export function DoneElsewhere() {
  return (
    <Queue<ProviderAction>
      title={t`Done at the provider, not mirrored`}
      icon={Building2}
      path="/campaign-provider-actions"
      query={{ state: "unmirrored" }}
      item={(row) => ({
        id: row.id,
        what: (
          <>
            {actionWords()[row.action] ?? row.action} <span className="font-mono text-muted">{row.commitment_reference ?? row.reference}</span>
          </>
        ),
        amount: formatMoney(row.amount_minor, row.currency),
        at: row.occurred_at,
        link: { to: "/desk/provider-actions", search: { state: "unmirrored", row: row.id } },
      })}
      all={{ to: "/desk/provider-actions" }}
      calm={<Trans>Everything done there is in the books.</Trans>}
    />
  );
}

/** The ways to what bears fees, to the fees, and to what is booked by hand. */
export function ToTheBooks() {
  return (
    <>
      <Link to="/desk/entries" preload="intent" className={buttonClass("plain")}>
        <Trans>Entries by hand</Trans>
      </Link>
      <Link to="/desk/bond" preload="intent" className={buttonClass("plain")}>
        <Trans>Bond and fees</Trans>
      </Link>
    </>
  );
}
