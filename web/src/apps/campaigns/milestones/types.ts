// Shares of escrow as each side reads them, held against the server by tests/api-drift.ts.

/** A published share of escrow; all but the last are released before the inspection. */
export interface PlannedShare {
  title: string;
  share_bp: number;
  due_at: string;
  auto_approve_hours?: number | null;
  is_upfront: boolean;
}

/** A file given as evidence; only the organisation and whoever uploaded it may open it. */
export interface ShownEvidence {
  name: string;
  media_type: string;
  sha256: string;
  note: string | null;
  taken_at: string | null;
  added_at: string;
}

export interface Evidence extends ShownEvidence {
  id: string;
  file_id: string;
}

/** What all three sides see alike. */
export interface Share {
  sequence: number;
  title: string;
  share_bp: number;
  due_at: string;
  auto_approve_hours: number | null;
  is_upfront: boolean;
  is_last: boolean;
  state: string;
  evidence_at: string | null;
  decided_at: string | null;
  reason: string | null;
}

export interface Milestone extends Share {
  id: string;
  campaign_id: string;
  released_minor: number | null;
  version: number;
  evidence: Evidence[];
}

export interface OwnMilestone extends Share {
  own_released_minor: number | null;
  evidence: ShownEvidence[];
}
