export interface ProtectedOperator {
  user_id: string;
  email: string;
  display_name: string;
  has_passkey: boolean;
  has_authenticator: boolean;
}

/** What happened at the doors in 24 hours; the other figures are of now. */
export interface Security {
  counts: { name: string; count: number }[];
  blocked_count: number;
  session_count: number;
  impersonation_count: number;
  operators: ProtectedOperator[];
}
