// What a supplier proposes for a draft, held against the server by tests/api-drift.ts.

export interface Proposal {
  id: string;
  campaign_id: string;
  campaign_reference: string;
  campaign_title: string | null;
  product_name: string | null;
  goal_units: number | null;
  deadline_at: string | null;
  state: string;
  units_max: number | null;
  unit_price_minor: number | null;
  currency: string;
  note: string | null;
  counter_units_max: number | null;
  counter_unit_price_minor: number | null;
  counter_note: string | null;
  reason: string | null;
  expires_at: string | null;
  asked_at: string;
  version: number;
}
