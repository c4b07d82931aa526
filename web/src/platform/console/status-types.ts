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

export interface Flow {
  calls_per_second: number | null;
  error_percent: number | null;
  mean_ms: number | null;
  level: string | null;
}

export interface Circle extends Flow {
  name: string;
  title: string;
  state: string | null;
  /** Calls answered in each step, the newest last; empty when nothing counts them. */
  history: number[];
}

export interface CubeLine extends Flow {
  source: string;
  target: string;
}

export interface Cube {
  window_seconds: number;
  step_seconds: number;
  circles: Circle[];
  lines: CubeLine[];
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
  cube: Cube;
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
  silenced_by: Id | null;
}

export interface DatabaseState {
  server: {
    version: string;
    started_at: Instant;
    size_bytes: number;
    max_connections: number;
    connections: number;
    commits: number;
    rollbacks: number;
    deadlocks: number;
    cache_hit_percent: number | null;
    counted_since: Instant | null;
  };
  roles: { role: string; connections: number }[];
  pools: { name: string; most: number; open: number; in_use: number }[];
  tables: { name: string; bytes: number; rows: number; dead_rows: number }[];
  statements: { statement: string; calls: number; mean_ms: number; total_ms: number }[] | null;
  replicas: { name: string; state: string | null; lag_seconds: number | null }[] | null;
}

export interface QueueItem {
  job: string;
  waiting: number;
  later: number;
  at_work: number;
  gave_up: number;
  oldest_seconds: number | null;
}

export interface Queues {
  items: QueueItem[];
  outbox: number;
}

export interface MaintenanceWindow {
  id: Id;
  title: string;
  starts_at: Instant;
  ends_at: Instant;
  rules: string[] | null;
  state: string;
  silenced: number;
}

export interface AlertChannel {
  id: Id;
  url: string;
  told_at: Instant | null;
  last_error: string | null;
}
