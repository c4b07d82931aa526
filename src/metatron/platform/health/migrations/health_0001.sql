create table health.sample (
  taken_at timestamptz primary key,
  healthy boolean not null,
  database_ms double precision,
  requests bigint,
  errors bigint,
  p50_ms double precision,
  p95_ms double precision,
  p99_ms double precision,
  queue_waiting bigint,
  queue_oldest_seconds double precision,
  outbox_due bigint,
  dead_letters bigint,
  cpu_percent double precision,
  memory_percent double precision,
  storage_percent double precision
);
create table health.instance (
  id uuid primary key,
  service text not null,
  version text not null,
  host text not null,
  process_id bigint not null,
  started_at timestamptz not null,
  beat_at timestamptz not null
);
grant select, insert, update, delete on health.sample, health.instance to metatron_system;
