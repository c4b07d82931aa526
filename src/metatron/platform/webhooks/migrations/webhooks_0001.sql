create table webhooks.endpoint (
  tenant_id uuid not null,
  id uuid not null,
  url text not null check (length(url) between 1 and 2000),
  description text not null check (length(description) <= 200),
  events text[] not null check (cardinality(events) between 1 and 100),
  is_on boolean not null,
  -- Why it went off by itself; null when a person switched it off.
  off_reason text check (off_reason in ('gone', 'failing', 'left')),
  told_at timestamptz,
  sealed_secret bytea not null,
  sealed_old_secret bytea,
  old_secret_until timestamptz,
  -- Who last set it: what they may read is what it is told.
  answerable_id uuid,
  -- Since when nothing has arrived, of the real time.
  failing_since timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version bigint not null default 1,
  primary key (tenant_id, id),
  check ((sealed_old_secret is null) = (old_secret_until is null))
);
create index endpoint_on_ix on webhooks.endpoint (tenant_id) where is_on;

-- All instants are of the real time: receivers live in it, and so does their patience.
create table webhooks.delivery (
  tenant_id uuid not null,
  id uuid not null,
  endpoint_id uuid not null,
  event_id uuid,
  type text not null,
  state text not null check (state in ('queued', 'delivered', 'failed', 'withheld')),
  reason text,
  attempts bigint not null default 0,
  -- Attempts before it was last asked for: a repetition has all its tries anew.
  attempts_before bigint not null default 0,
  next_attempt_at timestamptz,
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, endpoint_id) references webhooks.endpoint (tenant_id, id)
    on delete cascade,
  check ((state = 'queued') = (next_attempt_at is not null))
);
create unique index delivery_once_ix on webhooks.delivery (tenant_id, endpoint_id, event_id);
create index delivery_log_ix on webhooks.delivery (tenant_id, endpoint_id, id);
create index delivery_term_ix on webhooks.delivery (tenant_id, created_at);

create table webhooks.attempt (
  tenant_id uuid not null,
  id uuid not null,
  delivery_id uuid not null,
  attempted_at timestamptz not null,
  duration_ms bigint not null,
  status bigint,
  error text,
  excerpt text,
  primary key (tenant_id, id),
  foreign key (tenant_id, delivery_id) references webhooks.delivery (tenant_id, id)
    on delete cascade
);
create index attempt_delivery_ix on webhooks.attempt (tenant_id, delivery_id, id);
create index attempt_term_ix on webhooks.attempt (tenant_id, attempted_at);
