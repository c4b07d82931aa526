import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";

import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { Badge, type Tone } from "@/ui/badge";
import { Facts } from "@/ui/page";

import { titleOf } from "../campaign-title";
import type { Proposal } from "./types";

const tones: Record<string, Tone> = {
  draft: "waiting",
  submitted: "info",
  countered: "waiting",
  accepted: "ok",
  confirmed: "ok",
  declined: "ended",
  expired: "ended",
  withdrawn: "ended",
};

function word(state: string): string {
  const words: Record<string, string> = {
    draft: t`Asked for`,
    submitted: t`Proposed`,
    countered: t`Answered with other terms`,
    accepted: t`Accepted`,
    confirmed: t`Confirmed`,
    declined: t`Declined`,
    expired: t`Expired`,
    withdrawn: t`Withdrawn`,
  };
  return words[state] ?? state;
}

/** One proposal as both sides read it: whose terms, until when, and what became of it. */
export function ProposalCard({ proposal, actions }: { proposal: Proposal; actions?: ReactNode }) {
  const { currency, note, counter_note: answer, reason } = proposal;
  const price = (minor: number | null) => (minor === null ? "–" : formatMoney(minor, currency));
  const units = (count: number | null) => count?.toLocaleString("en-GB") ?? "–";
  const answered = proposal.counter_unit_price_minor !== null;
  return (
    <article className="border-b border-line p-13 last:border-0 sm:px-21">
      <div className="flex flex-wrap items-center gap-x-13 gap-y-5">
        <h3 className="min-w-0 flex-1 basis-[200px] text-16 font-medium break-words">{titleOf({ title: proposal.campaign_title })}</h3>
        <Badge tone={tones[proposal.state] ?? "neutral"}>{word(proposal.state)}</Badge>
      </div>
      <Facts
        facts={[
          [<Trans key="n">Product</Trans>, proposal.product_name ?? "–"],
          [<Trans key="n">Goal in units</Trans>, units(proposal.goal_units)],
          ...(proposal.unit_price_minor === null
            ? []
            : ([
                [<Trans key="n">The supplier&rsquo;s price a unit</Trans>, <strong key="v">{price(proposal.unit_price_minor)}</strong>],
                [<Trans key="n">At most units</Trans>, units(proposal.units_max)],
                [<Trans key="n">Stands until</Trans>, proposal.expires_at === null ? "–" : formatInstant(proposal.expires_at)],
              ] as const)),
          ...(answered
            ? ([
                [<Trans key="n">The organisation answered</Trans>, <strong key="v">{price(proposal.counter_unit_price_minor)}</strong>],
                [<Trans key="n">For at most units</Trans>, units(proposal.counter_units_max)],
              ] as const)
            : []),
        ]}
      />
      {[note, answer, reason].map(
        (text, index) =>
          text !== null && (
            <p key={index} className="mt-5 border-l-2 border-line-strong pl-13 text-16 text-pretty break-words">
              {text}
            </p>
          ),
      )}
      {actions !== undefined && <div className="mt-13 flex flex-wrap gap-8 empty:hidden">{actions}</div>}
    </article>
  );
}
