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

/** What three of four visits stayed below: milliseconds, for CLS no unit. */
export interface Vital {
  p75: number;
  readings: number;
  rating: "good" | "middling" | "poor";
}

/** Null where nothing was measured; route null: all of them together. */
export interface RouteVitals {
  route: string | null;
  lcp: Vital | null;
  inp: Vital | null;
  cls: Vital | null;
  ttfb: Vital | null;
}

export interface Vitals {
  days: number;
  since: string | null;
  items: RouteVitals[];
}
