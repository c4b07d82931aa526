// What the escrow desk reads, held against the server by tests/api-drift.ts. Amounts are minor units.

export interface DeskException {
  id: string;
  category: string;
  severity: string;
  state: string;
  title: string;
  detail: string;
  cause: string;
  campaign_id: string | null;
  commitment_id: string | null;
  assigned_to: string | null;
  resolution: string | null;
  opened_by: string | null;
  opened_at: string;
  closed_at: string | null;
  version: number;
}

export interface ExceptionRecord extends DeskException {
  campaign_title: string | null;
  commitment_reference: string | null;
  evidence: { id: string; kind: string; pointer: string; note: string; added_at: string }[];
  history: {
    ordinal: number;
    kind: string;
    from_state: string | null;
    to_state: string | null;
    note: string | null;
    actor_kind: string;
    actor_id: string | null;
    at: string;
  }[];
  steps: { name: string; target: string; label: string; guard: string }[];
}

export interface Refund {
  id: string;
  campaign_id: string;
  commitment_id: string;
  commitment_reference: string;
  campaign_reference: string;
  campaign_title: string | null;
  amount_minor: number;
  currency: string;
  reason_code: string;
  reason: string | null;
  whole: boolean;
  state: string;
  attempts: number;
  destination: string | null;
  evidence: string | null;
  requested_by: string | null;
  approval_id: string | null;
  created_at: string;
  resolved_at: string | null;
  version: number;
}

export interface CardDispute {
  id: string;
  campaign_id: string;
  commitment_id: string;
  commitment_reference: string;
  campaign_reference: string;
  campaign_title: string | null;
  provider: string;
  reference: string;
  amount_minor: number;
  fee_minor: number;
  currency: string;
  is_before_release: boolean;
  state: string;
  /** Until when the provider takes evidence; null when it told none. */
  evidence_due_at: string | null;
  evidence_state: string | null;
  evidence_code: string | null;
  opened_at: string;
  closed_at: string | null;
}

/** A file that speaks against a card dispute. */
export interface DisputeFile {
  id: string;
  file_id: string;
  name: string;
  sha256: string;
  added_at: string;
}

/** What a supplier owes back for a card dispute that was lost after its release. */
export interface SupplierClaim {
  id: string;
  campaign_id: string;
  campaign_reference: string;
  campaign_title: string | null;
  supplier_name: string | null;
  dispute_id: string;
  dispute_reference: string;
  amount_minor: number;
  paid_minor: number;
  written_off_minor: number;
  /** What the provider was told to take from the supplier and has not answered yet. */
  under_way_minor: number;
  currency: string;
  reason: string;
  state: "open" | "paid" | "written_off";
  opened_at: string;
  closed_at: string | null;
}

export interface Payout {
  id: string;
  campaign_id: string;
  campaign_reference: string;
  campaign_title: string | null;
  supplier_name: string | null;
  destination: string;
  amount_minor: number;
  currency: string;
  state: string;
  attempts: number;
  commitments: number;
  share_title: string | null;
  created_at: string;
  due_at: string | null;
  confirmed_at: string | null;
}

export interface DisputeRate {
  disputes: number;
  captures: number;
  window_days: number;
  rate_basis_points: number | null;
  level: string;
}

export interface Coverage {
  currency: string;
  covering_minor: number;
  covered_minor: number;
  missing_minor: number;
  bond_minor: number;
  not_borne_minor: number;
}

export interface BondPayment {
  id: string;
  amount_minor: number;
  currency: string;
  state: string;
  created_at: string;
  resolved_at: string | null;
}

/** What the provider or a dispute cost, and how much of it the bond has borne. */
export interface Fee {
  id: string;
  campaign_id: string | null;
  campaign_title: string | null;
  kind: string;
  /** What was recorded first; with the correction it is what the fee stands at. */
  amount_minor: number;
  correction_minor: number;
  recharged_minor: number;
  currency: string;
  reference: string;
  recorded_at: string;
}

/** What was done at the provider without an instruction of ours. */
export interface ProviderAction {
  id: string;
  provider: string;
  action: string;
  reference: string;
  campaign_id: string | null;
  campaign_title: string | null;
  commitment_reference: string | null;
  amount_minor: number;
  fee_minor: number;
  currency: string;
  state: string;
  why: string | null;
  occurred_at: string;
  recorded_at: string;
  resolved_at: string | null;
}

export interface BulkPreview {
  count: number;
  units: number;
  amount_minor: number;
  left_minor: number;
  left_out: number;
  currency: string;
  effect: string;
}

/** A request for approval as the desk needs it: what waits, and since when. */
export interface WaitingRequest {
  id: string;
  action: string;
  action_title: string;
  summary: string;
  amount_minor: number | null;
  currency: string | null;
  requested_at: string;
  expires_at: string;
  people_needed: number;
  agreed_by: string | null;
}
