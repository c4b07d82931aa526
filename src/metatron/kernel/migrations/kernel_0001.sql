create function kernel.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table %.% is append-only', tg_table_schema, tg_table_name
    using errcode = 'restrict_violation';
end $$;

create table kernel.event (
  tenant_id uuid not null,
  id uuid not null,
  position bigint generated always as identity,
  name text not null check (name ~ '^[a-z_]+\.[a-z_]+\.v[0-9]+$'),
  aggregate_id uuid not null,
  actor_kind text not null,
  actor_id uuid,
  impersonator_id uuid,
  request_id text not null,
  payload jsonb not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp(),
  transaction_id xid8 not null default pg_current_xact_id(),
  primary key (tenant_id, id)
);
create index event_aggregate_ix on kernel.event (tenant_id, aggregate_id, position);
-- The order in which events are sealed.
create index event_order_ix on kernel.event (tenant_id, transaction_id, position);

create table kernel.outbox (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('event', 'job')),
  name text not null,
  arguments jsonb,
  run_at timestamptz not null default now(),
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, id)
);
create index outbox_due_ix on kernel.outbox (tenant_id, run_at, id);

create table kernel.delivery (
  tenant_id uuid not null,
  id uuid not null,
  handler text not null,
  delivered_at timestamptz not null default now(),
  primary key (tenant_id, id, handler)
);
create index delivery_age_ix on kernel.delivery (tenant_id, delivered_at);

create table kernel.idempotency_record (
  tenant_id uuid not null,
  actor text not null,
  key text not null,
  request_hash bytea not null,
  status int not null,
  headers jsonb not null,
  body bytea not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, actor, key)
);
create index idempotency_record_age_ix on kernel.idempotency_record (tenant_id, created_at);

-- No secret and read before a tenant is bound: a global table.
create table kernel.tenant_clock (
  tenant_id uuid primary key,
  offset_seconds bigint not null check (offset_seconds >= 0)
);
grant select, insert, update on kernel.tenant_clock to metatron_app;
grant select on kernel.tenant_clock to metatron_system;

create table kernel.schedule (
  name text primary key,
  next_fire_at timestamptz not null,
  last_fired_at timestamptz
);
grant select, insert, update on kernel.schedule to metatron_system;
