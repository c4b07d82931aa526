// Shape of a look-up's answer, held against the server by tests/api-drift.ts.

export type HitKind =
  | "campaign"
  | "commitment"
  | "refund"
  | "payout"
  | "card_dispute"
  | "provider_action"
  | "exception"
  | "manual_entry"
  | "transfer"
  | "instruction";

export interface Hit {
  kind: HitKind;
  id: string;
  label: string;
  detail: string | null;
  state: string | null;
  amount_minor: number | null;
  currency: string | null;
  path: string | null;
}
