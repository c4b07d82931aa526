import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { formatMoney } from "@/kernel/money";
import { TextField } from "@/ui/field";
import { Facts } from "@/ui/page";

import { Ladder } from "../ladder";
import type { PublicCampaign } from "../types";
import { AmountName } from "./amount-name";
import { NextButton } from "./step-frame";
import { changeUnits, useProgress } from "./wizard";

interface UnitsStepProps {
  campaign: PublicCampaign;
  name: string;
  onNext: () => void;
}

export function UnitsStep({ campaign, name, onNext }: UnitsStepProps) {
  const { min_units: least, max_units: most, unit_price_minor: price, currency } = campaign;
  const progress = useProgress(name);
  const [typed, setTyped] = useState(String(progress?.units ?? least));
  const units = /^\d{1,9}$/.test(typed) ? Number(typed) : Number.NaN;
  const fits = units >= least && units <= most;
  const next = () => {
    if (progress?.units !== units) changeUnits(name, units);
    onNext();
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (fits) next();
      }}
    >
      <p className="mb-21 text-16 text-pretty text-muted">
        {[campaign.product.name, campaign.summary].filter((part) => part !== null).join(". ")}
      </p>
      <TextField
        label={t`How many units`}
        inputMode="numeric"
        className="sm:w-233"
        value={typed}
        hint={t`From ${least} to ${most} a member.`}
        {...(fits ? {} : { error: t`Enter a number from ${least} to ${most}` })}
        onChange={(event) => setTyped(event.target.value)}
      />
      {price !== null && (
        <div className="mt-21">
          <Facts
            facts={[
              [<Trans key="n">Collective price a unit</Trans>, formatMoney(price, currency)],
              [
                <AmountName key="n" mode={campaign.funding_mode} />,
                <strong key="v">{fits ? formatMoney(price * units, currency) : "–"}</strong>,
              ],
            ]}
          />
          {campaign.tiers.length > 0 && (
            <div className="mt-13">
              <Ladder tiers={campaign.tiers} price={price} currency={currency} />
            </div>
          )}
        </div>
      )}
      <NextButton disabled={!fits} onNext={next} />
    </form>
  );
}
