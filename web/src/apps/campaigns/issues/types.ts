// A reported issue as its member and its supplier read it, held against the server by tests/api-drift.ts.

export interface ToldIssue {
  id: string;
  category: string;
  text: string;
  state: string;
  outcome: string | null;
  resolution: string | null;
  refund_minor: number | null;
  supplier_answer: string | null;
  supplier_answered_at: string | null;
  opened_at: string;
  resolved_at: string | null;
}

export interface OwnIssues {
  items: ToldIssue[];
  currency: string;
  can_report: boolean;
}

export interface SuppliedIssue extends ToldIssue {
  commitment_reference: string;
  currency: string;
  units: number;
}
