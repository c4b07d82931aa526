import { Trans } from "@lingui/react/macro";
import { Landmark, LockKeyhole, Undo2, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { Section, Sheet } from "@/ui/page";

import { fundingText } from "../funding-text";
import type { PublicCampaign } from "../types";

export function Rules({ campaign }: { campaign: PublicCampaign }) {
  return (
    <Section title={<Trans>The rules</Trans>}>
      <ol className="flex flex-col">
        {campaign.rules.map((rule, index) => (
          <li key={`${rule.heading} ${String(index)}`} className="flex gap-13 border-b border-line py-13 last:border-0">
            <span aria-hidden className="w-21 shrink-0 text-right font-mono text-12 leading-[26px] text-muted">
              {index + 1}
            </span>
            <div>
              <h3 className="text-16 font-semibold">{rule.heading}</h3>
              <p className="text-16 text-pretty text-muted">{rule.text}</p>
            </div>
          </li>
        ))}
      </ol>
    </Section>
  );
}

/** Where the money is at each moment: who holds it, when it is locked, how one gets out. */
export function MoneyRules({ campaign }: { campaign: PublicCampaign }) {
  return (
    <Section title={<Trans>Your money</Trans>}>
      <Sheet className="divide-y divide-line px-13 sm:px-21">
        <Point icon={Landmark} heading={<Trans>Who holds it</Trans>}>
          {campaign.custody_text}
        </Point>
        <Point icon={LockKeyhole} heading={<Trans>When it is locked</Trans>}>
          {fundingText(campaign.funding_mode)}
        </Point>
        <Point icon={Undo2} heading={<Trans>How you leave</Trans>}>
          {campaign.withdraw_text}
        </Point>
      </Sheet>
    </Section>
  );
}

function Point({ icon: Icon, heading, children }: { icon: LucideIcon; heading: ReactNode; children: ReactNode }) {
  return (
    <div className="flex gap-13 py-13">
      <Icon size={16} strokeWidth={1.6} aria-hidden className="mt-5 shrink-0 text-muted" />
      <div>
        <h3 className="text-16 font-semibold">{heading}</h3>
        <p className="text-16 text-pretty text-muted">{children}</p>
      </div>
    </div>
  );
}
