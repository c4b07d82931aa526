// What the dashboard reads; tests/api-drift.ts holds each against the OpenAPI file.
import type { Id, Instant } from "@/kernel/api-types";

export interface Card {
  value: number | null;
  unit: string;
  level: string | null;
}

export interface Check {
  name: string;
  state: string;
  essential: boolean;
  response_ms: number;
  error_count: number;
  error: string | null;
}

export interface Service {
  name: string;
  state: string;
  instances: { id: Id; version: string; started_at: Instant; beat_at: Instant }[];
}

export interface Moment {
  taken_at: Instant;
  requests: number | null;
  errors: number | null;
  p95_ms: number | null;
  cpu_percent: number | null;
  memory_percent: number | null;
  queue_waiting: number | null;
}

export interface Status {
  state: string;
  version: string;
  environment: string;
  sampled_at: Instant | null;
  cards: Record<string, Card>;
  checks: Check[];
  services: Service[];
  history: Moment[];
}

export interface AlertRule {
  name: string;
  title: string;
  unit: string;
  source: string;
  state: string;
  is_enabled: boolean;
  threshold: number;
  clears_below: number;
  for_seconds: number;
  value: number | null;
  version: number;
}

export interface Alert {
  id: Id;
  rule: string;
  title: string;
  unit: string;
  state: string;
  threshold: number;
  value: number;
  highest_value: number;
  fired_at: Instant;
  resolved_at: Instant | null;
}
