// Shapes of suppliers' identity, held against the server by tests/api-drift.ts.

export type VerificationState = "unverified" | "verified" | "refused" | "expired";

export interface VerifiedSupplier {
  supplier_id: string;
  supplier_name: string | null;
  state: VerificationState;
  basis: string | null;
  valid_until: string | null;
  stated_by: string | null;
  stated_at: string | null;
}
