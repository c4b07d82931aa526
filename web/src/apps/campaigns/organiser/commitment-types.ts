// Held against the server's OpenAPI file by tests/api-drift.ts.

/** A commitment as the organisation sees it: no person, no story. */
export interface OrganiserCommitment {
  id: string;
  reference: string;
  member_id: string;
  units: number;
  amount_minor: number;
  currency: string;
  state: string;
  refund_reason: string | null;
  linked_as: "organiser" | "supplier" | "staff" | null;
  placed_at: string;
  version: number;
}
