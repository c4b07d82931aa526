// Shapes of reconciliation, held against the server by tests/api-drift.ts. Amounts are minor units.

export interface Break {
  id: string;
  provider: string;
  kind: string;
  state: string;
  statement_line_id: string | null;
  movement_kind: string | null;
  movement_id: string | null;
  movement_part: string | null;
  reference: string | null;
  expected_minor: number | null;
  found_minor: number | null;
  currency: string;
  value_on: string;
  opened_at: string;
  resolution: string | null;
  reason: string | null;
  resolved_by: string | null;
  resolved_at: string | null;
  version: number;
}

export interface Statement {
  id: string;
  provider: string;
  origin: string;
  format: string;
  file_name: string | null;
  content_sha256: string;
  from_on: string;
  to_on: string;
  line_count: number;
  balances: { currency: string; opening_minor: number; closing_minor: number }[];
  is_balanced: boolean | null;
  imported_by: string | null;
  imported_at: string;
  unmatched_count: number;
}

export interface StatementLine {
  id: string;
  line_no: number;
  reference: string | null;
  kind: string | null;
  amount_minor: number;
  currency: string;
  value_on: string;
  match_state: string;
}

export interface ImportResult {
  statement_id: string;
  is_new: boolean;
  matched: number;
  breaks_opened: number;
  breaks_settled: number;
}

export interface Instruction {
  id: string;
  kind: string;
  target_kind: string;
  target_id: string;
  amount_minor: number;
  currency: string;
  ledger_transfer_id: string;
  provider: string;
  provider_reference: string | null;
  destination: string | null;
  state: string;
  confirmed_amount_minor: number | null;
  failure_code: string | null;
  attempts: number;
  next_attempt_at: string | null;
  created_at: string;
  resolved_at: string | null;
  returned_at: string | null;
}

export interface InstructionDetail extends Instruction {
  calls: {
    number: number;
    how: string;
    started_at: string;
    ended_at: string | null;
    outcome: string | null;
    reason: string | null;
  }[];
}
