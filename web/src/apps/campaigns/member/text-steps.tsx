import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";

import { fundingText } from "../funding-text";
import type { FundingMode, PublicCampaign } from "../types";
import { NextButton, Told } from "./step-frame";

interface TextStepProps {
  campaign: PublicCampaign;
  onNext: () => void;
}

export function HowStep({ campaign, onNext }: TextStepProps) {
  return (
    <>
      <Told points={campaign.rules.map(({ heading, text }) => [heading, text] as const)} />
      <NextButton onNext={onNext} />
    </>
  );
}

/** The first move of the money, by the campaign's way of funding. */
function intoEscrow(mode: FundingMode, amount: string): string {
  if (mode === "escrow_capture") {
    return t`${amount} is locked in escrow under your name when you confirm. Nobody can use it while it waits there.`;
  }
  const when = fundingText(mode);
  return t`${amount} is what you commit to. ${when} Nobody can use it while it waits there.`;
}

export function MoneyStep({ campaign, units, onNext }: TextStepProps & { units: number }) {
  const { unit_price_minor: price, currency } = campaign;
  const amount = price === null ? t`Your amount` : formatMoney(price * units, currency);
  return (
    <>
      <p className="mb-21 rounded-5 bg-soft p-13 text-16">{campaign.custody_text}</p>
      <Told
        points={[
          [t`Into escrow`, intoEscrow(campaign.funding_mode, amount)],
          [t`If you withdraw`, campaign.withdraw_text],
          [t`If the goal is not reached`, t`The whole amount is refunded from escrow to the method it came from, by itself and at no cost to you.`],
          [t`If the supplier does not accept`, t`The same: the whole amount is refunded from escrow by itself.`],
          [t`What the supplier owes`, campaign.duty_text],
          [t`If it is delivered`, campaign.release_text],
        ]}
      />
      <NextButton onNext={onNext} />
    </>
  );
}

export function NextStep({ campaign, onNext }: TextStepProps) {
  const deadline = formatInstant(campaign.deadline_at, campaign.time_zone);
  const rule = campaign.withdraw_text;
  return (
    <>
      <Told
        points={[
          [t`Until ${deadline}`, t`The campaign stays open. ${rule}`],
          [t`At the deadline`, t`The goal is measured on money that is in escrow, not on intentions.`],
          [t`Then`, t`The supplier accepts or declines within the published number of days. Silence counts as declining.`],
          [t`If the closing time moves or delivery is late`, t`You are told what, why and the worst case, and you answer: stay, or leave with a full refund.`],
          [t`After that`, t`You are told each change by mail: what changed, why, and what it means for your money.`],
        ]}
      />
      <p className="mt-13 text-16 text-muted">
        <Trans>Price, time and delivery are conditional until the supplier accepts.</Trans>
      </p>
      <NextButton onNext={onNext} />
    </>
  );
}
