// Shapes of the campaigns contract, held against the server's OpenAPI file by tests/api-drift.ts.

import type { Amounts, Consent, Move } from "./member/commitment-types";
import type { PlannedShare } from "./milestones/types";
import type { CampaignChoices, ReleaseChoices, RevenueChoices } from "./settings/choices";

export interface Product {
  sku: string | null;
  name: string | null;
  description: string | null;
}

export interface ConsolidationPoint {
  id: string;
  name: string;
  address: string;
  /** Set on points of the list only, once one was taken out of the choice. */
  archived_at?: string | null;
  version?: number | null;
}

export interface HistoryStep {
  at: string;
  name: string;
  from_state: string;
  to_state: string;
  reason: string | null;
  actor_kind: string;
}

export interface Transition {
  name: string;
  label: string;
  needs_reason: boolean;
  money_effect: string | null;
}

/** One step of a ladder: from so many units in all, everybody's price is this. */
export interface Tier {
  min_units: number;
  unit_price_minor: number;
}

export type FundingMode = "escrow_capture" | "auth_hold" | "charge_on_success";
export type Strategy = "supplier_direct" | "bulk_to_consolidation";

export interface Campaign {
  id: string;
  product_id: string | null;
  milestones: PlannedShare[];
  min_accept_units: number | null;
  oversub_rule: "fcfs" | "pro_rata" | "lottery";
  accepted_units: number | null;
  consent_until: string | null;
  accept_by: string | null;
  inspection_ends_at: string | null;
  inspection_extended_at: string | null;
  release_held_at: string | null;
  units_allocated: number | null;
  allocated_at: string | null;
  reference: string;
  title: string | null;
  summary: string | null;
  product: Product;
  picture_url: string | null;
  goal_units: number | null;
  goal_amount_minor: number | null;
  unit_price_minor: number | null;
  final_unit_price_minor: number | null;
  tiers: Tier[];
  funding_mode: FundingMode;
  currency: string;
  min_units: number | null;
  max_units: number | null;
  cap_units: number | null;
  opens_at: string | null;
  deadline_at: string | null;
  extended_at: string | null;
  time_zone: string;
  delivery_strategy: Strategy | null;
  consolidation_point: ConsolidationPoint | null;
  supplier_id: string | null;
  supplier_name: string | null;
  supplier_unit_price_minor: number | null;
  supplier_window_days: number;
  terms_version: string;
  terms_hash: string | null;
  state: string;
  visibility: string;
  slug: string;
  version: number;
  created_at: string;
  totals: { committed_units: number; reached_units: number; escrow_minor: number; commitments: number };
  allowed_transitions: Transition[];
  missing: { field: string; hint: string }[];
}

export type GoalStage = "under_20" | "20" | "50" | "75" | "100";

export interface PublicCampaign {
  id: string;
  slug: string;
  title: string;
  summary: string | null;
  product: Product;
  picture_url: string | null;
  organiser_name: string;
  goal_stage: GoalStage;
  /** Told only where the organisation discloses per cent, or figures. */
  goal_per_cent: number | null;
  committed_units: number | null;
  opens_at: string | null;
  deadline_at: string;
  time_zone: string;
  state: string;
  state_text: string;
  takes_commitments: boolean;
  rules: { heading: string; text: string }[];
  terms_version: string;
  terms_text: string;
  custody_text: string;
  release_text: string;
  duty_text: string;
  withdraw_text: string;
  funding_mode: FundingMode;
  /** Prices are for signed-in people only; a stranger gets none of them. */
  unit_price_minor: number | null;
  final_unit_price_minor: number | null;
  tiers: Tier[];
  currency: string;
  min_units: number;
  max_units: number;
  delivery_strategy: string;
}

export interface Commitment {
  id: string;
  units_allocated: number | null;
  final_unit_price_minor: number | null;
  final_amount_minor: number | null;
  consent: Consent | null;
  amounts: Amounts | null;
  reference: string;
  campaign_id: string;
  campaign_title: string | null;
  funding_mode: FundingMode;
  units: number;
  unit_price_minor: number;
  amount_minor: number;
  currency: string;
  state: string;
  state_text: string;
  placed_at: string;
  version: number;
  can_withdraw: boolean;
  moves: Move[];
  history: HistoryStep[];
}

export interface BookAccount {
  code: string;
  name: string;
  debits_posted_minor: number;
  credits_posted_minor: number;
  debits_pending_minor: number;
  credits_pending_minor: number;
  balance_minor: number;
}

export interface Books {
  accounts: BookAccount[];
  currency: string;
  balanced: boolean;
}

export interface FulfilmentEvent {
  id: string;
  kind: string;
  note: string;
  recorded_at: string;
}

export interface CampaignSettings extends CampaignChoices, ReleaseChoices, RevenueChoices {
  custody: string;
  supplier_window_days: number;
  inspection_days: number;
  issue_hold_basis_points: number;
  second_person_review: boolean;
  browse_open: boolean;
  join_open: boolean;
  commit_open: boolean;
  release_open: boolean;
  /** Days on which nobody pays, ascending: "2026-12-25". */
  holidays: string[];
  halted: boolean;
  halted_reason: string | null;
  version: number;
}

export interface SupplierCampaign {
  id: string;
  reference: string;
  title: string | null;
  product: Product;
  state: string;
  state_text: string;
  deadline_at: string | null;
  /** Known to the supplier only after the goal was reached. */
  units: number | null;
  supplier_unit_price_minor: number | null;
  currency: string;
  accept_by: string | null;
  accepted_units: number | null;
  min_accept_units: number | null;
  consent_until: string | null;
  delivery_strategy: Strategy | null;
  consolidation_point: ConsolidationPoint | null;
  allowed_transitions: Transition[];
  fulfilment_events: FulfilmentEvent[];
  version: number;
}

/** A reported issue with the commitment it concerns, as finance sees it. */
export interface Issue {
  id: string;
  commitment_id: string;
  commitment_reference: string;
  amount_minor: number;
  currency: string;
  category: string;
  text: string;
  state: string;
  outcome: string | null;
  resolution: string | null;
  /** The member's part of a split, in minor units. */
  refund_minor: number | null;
  opened_at: string;
}
