import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { formatMoney } from "@/kernel/money";
import { Facts, Section, Sheet } from "@/ui/page";

import { Ladder } from "../ladder";
import { Picture } from "../picture";
import type { PublicCampaign } from "../types";

/** The picture and what is behind it; prices only where the server gave them, to a signed-in person. */
export function Subject({ campaign }: { campaign: PublicCampaign }) {
  const { unit_price_minor: price, final_unit_price_minor: final, currency } = campaign;
  return (
    <Section title={<Trans>What it is about</Trans>}>
      <Sheet className="overflow-hidden">
        {campaign.picture_url !== null && (
          <Picture src={campaign.picture_url} name={campaign.product.name ?? campaign.title} className="w-full" />
        )}
        <div className="p-13 sm:p-21">
          <h3 className="text-16 font-semibold">{campaign.product.name}</h3>
          <p className="text-16 text-pretty whitespace-pre-wrap text-muted">{campaign.product.description}</p>
          <div className="mt-13 border-t border-line">
            <Facts
              facts={[
                [<Trans key="n">Units a member</Trans>, `${campaign.min_units} – ${campaign.max_units}`],
                [
                  <Trans key="n">Collective price a unit</Trans>,
                  price === null ? t`Shown after signing in` : formatMoney(price, currency),
                ],
                ...(final === null
                  ? []
                  : [[<Trans key="n">Final price a unit</Trans>, formatMoney(final, currency)] as const]),
              ]}
            />
          </div>
          {price !== null && campaign.tiers.length > 0 && (
            <div className="mt-13 border-t border-line pt-13">
              <Ladder tiers={campaign.tiers} price={price} currency={currency} />
            </div>
          )}
        </div>
      </Sheet>
    </Section>
  );
}
