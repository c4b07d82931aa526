// Shape of a submitted campaign's review, held against the server by tests/api-drift.ts.

export type ReviewRole = "risk" | "operations" | "money" | "gate";
export type Verdict = "accept" | "accept_with_constraints" | "defer" | "reject";
export type ConstraintKind =
  | "cap_units_at_most"
  | "member_units_at_most"
  | "deadline_at_latest"
  | "bond_at_least_minor"
  | "release_by_two_people";

export interface ReviewConstraint {
  kind: ConstraintKind;
  amount: number | null;
  until: string | null;
  told: string;
}

/** One word of a role; `stands` is false once the role said something newer, or the terms changed. */
export interface ReviewOpinion {
  id: string;
  role: ReviewRole;
  verdict: Verdict;
  reason: string | null;
  constraints: ReviewConstraint[];
  stated_by: string | null;
  stated_at: string;
  stands: boolean;
}

export interface Review {
  opinions: ReviewOpinion[];
  own_roles: ReviewRole[];
  blocked_by: ReviewRole[];
  constraints: ReviewConstraint[];
}
