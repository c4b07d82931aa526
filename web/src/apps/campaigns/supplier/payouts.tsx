import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";

import { useKeysetList } from "@/kernel/list";
import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Section, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { titleOf } from "../campaign-title";
import type { SupplierPayout } from "./types";

const tones: Record<string, Tone> = { instructed: "waiting", confirmed: "ok", failed: "warn" };

function word(state: string): string {
  if (state === "confirmed") return t`Arrived`;
  return state === "failed" ? t`Refused or returned` : t`On its way`;
}

/** What was released to the supplier, and the plain story of each payment. */
export function Payouts() {
  const list = useKeysetList<SupplierPayout>("/supplier/payouts", {});
  return (
    <Section
      className="mt-34"
      title={<Trans>What was released to you</Trans>}
      hint={<Trans>Each release from escrow: after the inspection, and each share that was approved before it.</Trans>}
    >
      <Sheet>
        {list.pending ? (
          <RowsSkeleton rows={2} />
        ) : list.error !== null ? (
          <ErrorState error={list.error} onRetry={list.retry} />
        ) : list.rows.length === 0 ? (
          <p className="p-13 text-16 text-muted sm:px-21">
            <Trans>Nothing was released yet.</Trans>
          </p>
        ) : (
          <ul>
            {list.rows.map((payout) => (
              <li key={payout.id} className="border-b border-line p-13 last:border-0 sm:px-21">
                <PayoutStory payout={payout} />
              </li>
            ))}
          </ul>
        )}
      </Sheet>
      {list.hasMore && (
        <Button className="mt-8" busy={list.loadingMore} onClick={list.loadMore}>
          <Trans>Show more</Trans>
        </Button>
      )}
    </Section>
  );
}

function PayoutStory({ payout }: { payout: SupplierPayout }) {
  const at = formatInstant(payout.created_at);
  return (
    <article>
      <div className="flex flex-wrap items-center gap-x-13 gap-y-5">
        <h3 className="min-w-0 flex-1 basis-[200px] text-16 font-medium break-words">{titleOf({ title: payout.campaign_title })}</h3>
        <Badge tone={tones[payout.state] ?? "neutral"}>{word(payout.state)}</Badge>
        <span className="text-16 font-medium">{formatMoney(payout.amount_minor, payout.currency)}</span>
      </div>
      <p className="mt-3 text-16 text-pretty text-muted">
        <Plural
          value={payout.commitments}
          one="Released from escrow for # commitment, to your account at the provider."
          other="Released from escrow for # commitments, to your account at the provider."
        />{" "}
        <After payout={payout} />
      </p>
      <p className="label">
        {payout.share_title === null ? (
          <Trans>
            Set off by the end of the inspection, {at}. Campaign {payout.campaign_reference}.
          </Trans>
        ) : (
          <Trans>
            Set off by the approved share “{payout.share_title}”, {at}. Campaign {payout.campaign_reference}.
          </Trans>
        )}
      </p>
    </article>
  );
}

function After({ payout: { state, attempts } }: { payout: SupplierPayout }) {
  if (state === "confirmed") {
    return attempts > 1 ? <Trans>It arrived with attempt {attempts}.</Trans> : <Trans>It has arrived.</Trans>;
  }
  if (state === "failed") {
    return (
      <Trans>
        The provider refused or returned it. It stays due to you; check your account there. The organisation has been
        told and instructs it again.
      </Trans>
    );
  }
  return <Trans>The provider has been told to pay it, and has not confirmed it yet.</Trans>;
}
