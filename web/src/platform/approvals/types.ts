// Shape of a request for approval, held against the server by tests/api-drift.ts.

export type ApprovalState = "requested" | "approved" | "rejected" | "withdrawn" | "expired" | "refused";

export interface Approval {
  id: string;
  action: string;
  action_title: string;
  subject_kind: string;
  subject_id: string;
  payload: Record<string, unknown>;
  summary: string;
  effect: string | null;
  amount_minor: number | null;
  currency: string | null;
  reason: string;
  requested_by: string | null;
  requested_by_kind: string;
  requested_at: string;
  state: ApprovalState;
  people_needed: number;
  agreed_by: string | null;
  agreed_at: string | null;
  agreed_reason: string | null;
  decided_by: string | null;
  decided_at: string | null;
  decision_reason: string | null;
  expires_at: string;
  payload_hash: string;
  version: number;
  can_approve: boolean;
  can_decide: boolean;
  can_withdraw: boolean;
}

/** What a request is about; a person is named by the page. */
export interface Concern {
  label: string;
  text: string;
  path: string | null;
  user_id: string | null;
}

/** A decision that waits on a record and not as a request; `path` is where it is taken. */
export interface WaitingRecord {
  subject_kind: string;
  subject_id: string;
  title: string;
  asks: string;
  path: string;
  asked_by: string | null;
  asked_at: string;
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
