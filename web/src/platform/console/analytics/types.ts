/** A day (UTC); figures are null where nothing was measured. */
export interface TrafficDay {
  day: string;
  requests: number | null;
  errors: number | null;
  p95_ms: number | null;
}

export interface TenantCalls {
  tenant_id: string;
  name: string;
  calls: number;
  calls_before: number;
  /** Null: without bound. */
  allowed: number | null;
}

export interface CallReport {
  /** Its first day. */
  month: string;
  items: TenantCalls[];
}
