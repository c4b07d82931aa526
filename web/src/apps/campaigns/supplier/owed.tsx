import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { lazy, Suspense, useState } from "react";

import { useKeysetList } from "@/kernel/list";
import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Section, Sheet } from "@/ui/page";
import { ErrorState } from "@/ui/states";

import { titleOf } from "../campaign-title";
import type { OwedBack } from "./types";

const PayBackDialog = lazy(() => import("./pay-back-dialog").then((file) => ({ default: file.PayBackDialog })));

function word(state: string): string {
  if (state === "paid") return t`Paid back`;
  return state === "written_off" ? t`Given up` : t`Owed`;
}

/** What can still be paid: all but what is paid, given up or under way. */
function owedOf(claim: OwedBack): number {
  return claim.amount_minor - claim.paid_minor - claim.written_off_minor - claim.under_way_minor;
}

/** What the supplier owes back after lost disputes, and why; nothing where nothing is owed. */
export function Owed() {
  const list = useKeysetList<OwedBack>("/supplier/claims", {});
  const [paying, setPaying] = useState<OwedBack | null>(null);
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.rows.length === 0) return null;
  return (
    <Section
      className="mt-34"
      title={<Trans>What you owe back</Trans>}
      hint={<Trans>A member&rsquo;s bank took the amount back after it was released to you, and decided for the member.</Trans>}
    >
      <Sheet>
        <ul>
          {list.rows.map((claim) => (
            <li key={claim.id} className="border-b border-line p-13 last:border-0 sm:px-21">
              <article className="flex flex-wrap items-center gap-x-13 gap-y-5">
                <h3 className="min-w-0 flex-1 basis-[200px] text-16 font-medium break-words">{titleOf({ title: claim.campaign_title })}</h3>
                <Badge tone={claim.state === "open" ? "waiting" : "ended"}>{word(claim.state)}</Badge>
                <span className="text-16 font-medium">{formatMoney(claim.amount_minor, claim.currency)}</span>
              </article>
              <p className="mt-3 text-16 text-pretty break-words text-muted">{claim.reason}</p>
              <p className="label">
                <Trans>
                  Since {formatInstant(claim.opened_at)}. Paid so far: {formatMoney(claim.paid_minor, claim.currency)}.
                  Campaign {claim.campaign_reference}.
                </Trans>{" "}
                {claim.under_way_minor > 0 && (
                  <Trans>{formatMoney(claim.under_way_minor, claim.currency)} is under way at the provider.</Trans>
                )}
              </p>
              {claim.state === "open" && owedOf(claim) > 0 && (
                <Button className="mt-8" onClick={() => setPaying(claim)}>
                  <Trans>Pay back</Trans>
                </Button>
              )}
            </li>
          ))}
        </ul>
      </Sheet>
      {paying !== null && (
        <Suspense>
          <PayBackDialog claim={paying} left={owedOf(paying)} onClose={() => setPaying(null)} />
        </Suspense>
      )}
    </Section>
  );
}
