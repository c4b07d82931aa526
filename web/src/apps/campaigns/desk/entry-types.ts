// Shape of entries by hand, held against the server by tests/api-drift.ts.

export type ManualKind = "suspense_in" | "suspense_out" | "suspense_cleared" | "suspense_borne" | "correction" | "fee_lowered" | "fee_raised";

export interface ManualEntry {
  id: string;
  kind: ManualKind;
  amount_minor: number;
  currency: string;
  reference: string;
  reason: string;
  requested_by: string | null;
  approved_by: string | null;
  booked_at: string;
  is_open: boolean;
}

/** A line of the provider's statement that nobody here knows. */
export interface OwnerlessLine {
  id: string;
  reference: string | null;
  found_minor: number | null;
  currency: string;
  value_on: string;
}
