import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useState } from "react";

import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Facts, Section, Sheet } from "@/ui/page";

import type { Commitment } from "../types";
import type { Consent } from "./commitment-types";
import { ConsentDialog } from "./consent-dialog";

/** The supplier accepted a part: the calculation, what becomes of the rest, and the choice it gives. */
export function OwnConsent({ commitment, consent }: { commitment: Commitment; consent: Consent }) {
  const [asked, setAsked] = useState<"agree" | "leave" | null>(null);
  const { currency, units } = commitment;
  const open = commitment.state === "held" && consent.answer !== "leave" && commitment.units_allocated === null;
  const money = (amount: number) => formatMoney(amount, currency);
  const [price, stays, back] = [money(consent.unit_price_minor), money(consent.amount_minor), money(consent.back_minor)];
  const until = formatInstant(consent.answer_by);
  return (
    <Section title={<Trans>The supplier accepted a part</Trans>}>
      <Sheet className="p-13 sm:p-21">
        <div className="flex flex-wrap items-center gap-x-13 gap-y-5">
          <h3 className="text-16 font-semibold">
            <Plural value={units} one="You asked for # unit" other="You asked for # units" />
          </h3>
          <Answer consent={consent} open={open} />
        </div>
        <Facts
          facts={[
            [<Trans key="n">Your units, if every member agrees</Trans>, consent.units.toLocaleString("en-GB")],
            [<Trans key="n">Collective price a unit</Trans>, price],
            [<Trans key="n">Stays in escrow for them</Trans>, <strong key="v">{stays}</strong>],
            [<Trans key="n">Goes back to you</Trans>, <strong key="v">{back}</strong>],
            [<Trans key="n">Answer by</Trans>, until],
          ]}
        />
        {open && (
          <ul className="mt-13 flex list-disc flex-col gap-5 pl-21 text-16 text-pretty text-muted">
            <li>
              <Trans>The rest, {back}, returns from escrow to the method it came from, at no cost to you.</Trans>
            </li>
            <li>
              <Trans>
                When fewer members agree your units may be more, never more than you asked for, and the price is never
                above the one that was locked.
              </Trans>
            </li>
            <li>
              <Trans>When those who agree do not reach the goal, everybody is refunded in full.</Trans>
            </li>
            <li>
              <Trans>Without an answer by the date above, your whole amount goes back to you.</Trans>
            </li>
          </ul>
        )}
        {open && (
          <div className="mt-13 flex flex-wrap gap-8">
            {consent.answer === null && (
              <Button size="normal" onClick={() => setAsked("agree")}>
                <Trans>Agree to the part</Trans>
              </Button>
            )}
            <Button size="normal" onClick={() => setAsked("leave")}>
              <Trans>Leave with a full refund</Trans>
            </Button>
          </div>
        )}
      </Sheet>
      {asked !== null && <ConsentDialog answer={asked} consent={consent} commitment={commitment} onClose={() => setAsked(null)} />}
    </Section>
  );
}

function Answer({ consent, open }: { consent: Consent; open: boolean }) {
  if (consent.answer === "agree") return <Badge tone="ok">{t`You agreed`}</Badge>;
  if (consent.answer === "leave") return <Badge tone="ended">{t`You left`}</Badge>;
  return open ? <Badge tone="waiting">{t`Your answer is asked for`}</Badge> : <Badge tone="ended">{t`Not answered`}</Badge>;
}
