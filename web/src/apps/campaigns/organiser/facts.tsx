import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";

import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";

import type { Campaign, Product } from "../types";
import { fundingWord } from "./funding-word";

const none = "–";

function units(value: number | null): string {
  return value === null ? none : value.toLocaleString("en-GB");
}

function unitsSpan({ min_units: least, max_units: most }: Campaign): string {
  if (least === null && most === null) return none;
  if (most === null) return t`${units(least)} or more`;
  if (least === null) return t`${units(most)} at most`;
  return `${units(least)} – ${units(most)}`;
}

function strategy(campaign: Campaign): string {
  if (campaign.delivery_strategy === "supplier_direct") return t`From the supplier to each member`;
  if (campaign.delivery_strategy === null) return none;
  const place = campaign.consolidation_point?.name ?? none;
  return t`In bulk to ${place}`;
}

export function CampaignFacts({ campaign }: { campaign: Campaign }) {
  const { currency, totals } = campaign;
  const money = (value: number | null) => (value === null ? none : formatMoney(value, currency));
  const at = (value: string | null) => (value === null ? none : formatInstant(value, campaign.time_zone));
  return (
    <Facts
      dense
      facts={[
        [<Trans key="n">In escrow</Trans>, <strong key="v">{money(totals.escrow_minor)}</strong>],
        [
          <Trans key="n">Committed</Trans>,
          campaign.goal_units === null ? (
            <Plural key="v" value={totals.reached_units} one="# unit" other="# units" />
          ) : (
            <Trans key="v">
              {units(totals.reached_units)} of {units(campaign.goal_units)} units
            </Trans>
          ),
        ],
        [<Trans key="n">Commitments</Trans>, units(totals.commitments)],
        [<Trans key="n">Unit price</Trans>, money(campaign.unit_price_minor)],
        ...(campaign.goal_amount_minor === null
          ? []
          : [[<Trans key="n">Goal as an amount</Trans>, money(campaign.goal_amount_minor)] as const]),
        ...campaign.tiers.map(
          (tier) =>
            [
              <Trans key="n">From <Plural value={tier.min_units} one="# unit" other="# units" /></Trans>,
              money(tier.unit_price_minor),
            ] as const,
        ),
        ...(campaign.final_unit_price_minor === null
          ? []
          : [[<Trans key="n">Final unit price</Trans>, money(campaign.final_unit_price_minor)] as const]),
        [<Trans key="n">Funding</Trans>, fundingWord(campaign.funding_mode)],
        [<Trans key="n">Units a member</Trans>, unitsSpan(campaign)],
        [<Trans key="n">Opens</Trans>, at(campaign.opens_at)],
        [<Trans key="n">Deadline</Trans>, at(campaign.deadline_at)],
        [<Trans key="n">Supplier</Trans>, campaign.supplier_name ?? none],
        [<Trans key="n">Supplier&rsquo;s unit price</Trans>, money(campaign.supplier_unit_price_minor)],
        [<Trans key="n">Supplier decides within</Trans>, t`${campaign.supplier_window_days} days`],
        [<Trans key="n">Delivery</Trans>, strategy(campaign)],
        [<Trans key="n">Product</Trans>, productText(campaign.product)],
        [<Trans key="n">Terms</Trans>, t`Version ${campaign.terms_version}`],
        [
          <span key="n" title={t`A fingerprint of the published rules: it changes when any word of them does.`}>
            <Trans>Fingerprint of the rules</Trans>
          </span>,
          campaign.terms_hash === null ? none : <CopyId key="v" value={campaign.terms_hash} />,
        ],
        [<Trans key="n">Id</Trans>, <CopyId key="v" value={campaign.id} />],
      ]}
    />
  );
}

function productText({ sku, name }: Product): string {
  return sku === null ? (name ?? none) : `${name ?? none} (${sku})`;
}
