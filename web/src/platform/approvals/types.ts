// Shape of a request for approval, held against the server by tests/api-drift.ts.

export type ApprovalState = "requested" | "approved" | "rejected" | "withdrawn" | "expired" | "refused";

export interface Approval {
  id: string;
  action: string;
  action_title: string;
  subject_kind: string;
  subject_id: string;
  summary: string;
  effect: string | null;
  amount_minor: number | null;
  currency: string | null;
  reason: string;
  requested_by: string | null;
  requested_by_kind: string;
  requested_at: string;
  state: ApprovalState;
  decided_by: string | null;
  decided_at: string | null;
  decision_reason: string | null;
  expires_at: string;
  payload_hash: string;
  version: number;
  can_decide: boolean;
  can_withdraw: boolean;
}

export type FourEyes = "always" | "above" | "never";

/** When an action needs a second person; "above" names an amount in minor units. */
export interface ApprovalRule {
  action: string;
  title: string;
  four_eyes: FourEyes;
  above_minor: number | null;
  currency: string | null;
}

export interface ApprovalSettings {
  expires_after_seconds: number;
  rules: ApprovalRule[];
  version: number;
}
