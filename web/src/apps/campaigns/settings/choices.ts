import { t } from "@lingui/core/macro";

import type { Choice } from "@/ui/select";

/** The part of the settings that decides what members see and may do. */
export interface CampaignChoices {
  disclosure: "stages" | "percent" | "figures";
  pricing: "fixed" | "tiers";
  withdraw: "until_close" | "last_24h_lock";
  public_discovery: boolean;
  notice_answer_days: number;
  charge_retry_days: number;
}

/** The part of the settings that decides how escrow is released. */
export interface ReleaseChoices {
  release_policy: "after_inspection" | "milestones";
  auto_payout: boolean;
  counter_proposals: boolean;
  supplier_verification: boolean;
  consent_hours: number;
}

/** The part of the settings that decides what the organisation earns, and how long it collects. */
export interface RevenueChoices {
  revenue: "margin" | "fee";
  fee_basis_points: number;
  fee_fixed_minor: number;
  fee_tax_basis_points: number;
  collection_window_seconds: number;
}

export const revenues = (): Choice<RevenueChoices["revenue"]>[] => [
  { value: "margin", label: t`The margin between the campaign's price and the supplier's` },
  { value: "fee", label: t`A fee that the supplier's payment is reduced by` },
];

export function chosenFrom(settings: CampaignChoices) {
  const { disclosure, pricing, withdraw, public_discovery } = settings;
  return {
    disclosure,
    pricing,
    withdraw,
    public_discovery,
    notice_answer_days: String(settings.notice_answer_days),
    charge_retry_days: String(settings.charge_retry_days),
  };
}

export const disclosures = (): Choice<CampaignChoices["disclosure"]>[] => [
  { value: "stages", label: t`In stages: 20, 50, 75, 100 %` },
  { value: "percent", label: t`Stages and per cent of the goal` },
  { value: "figures", label: t`Stages, per cent and units` },
];

export const pricings = (): Choice<CampaignChoices["pricing"]>[] => [
  { value: "fixed", label: t`One fixed price` },
  { value: "tiers", label: t`A ladder by units, one final price for all` },
];

export const withdrawals = (): Choice<CampaignChoices["withdraw"]>[] => [
  { value: "until_close", label: t`Until the campaign closes` },
  { value: "last_24h_lock", label: t`In the last 24 hours only while the goal stays reached` },
];

export const releasePolicies = (): Choice<ReleaseChoices["release_policy"]>[] => [
  { value: "after_inspection", label: t`All of it after the inspection` },
  { value: "milestones", label: t`In shares: each campaign may publish milestones` },
];
