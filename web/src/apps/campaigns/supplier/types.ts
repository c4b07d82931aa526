// What suppliers read of their releases, held against the server by tests/api-drift.ts.

/** A release to the supplier: for so many commitments, and what became of it. */
export interface SupplierPayout {
  id: string;
  campaign_id: string;
  campaign_reference: string;
  campaign_title: string | null;
  amount_minor: number;
  currency: string;
  state: string;
  attempts: number;
  commitments: number;
  /** Of a share released before the inspection; null for what the inspection released. */
  share_title: string | null;
  created_at: string;
}

/** What is owed back after a dispute that was lost after the release. */
export interface OwedBack {
  id: string;
  campaign_reference: string;
  campaign_title: string | null;
  amount_minor: number;
  paid_minor: number;
  /** What the provider was told to take and has not answered yet. */
  under_way_minor: number;
  written_off_minor: number;
  currency: string;
  reason: string;
  state: string;
  opened_at: string;
}

/** Whether releases to oneself wait for one's identity to be verified. */
export interface OwnIdentity {
  is_needed: boolean;
  state: "unverified" | "verified" | "refused" | "expired";
  valid_until: string | null;
}
