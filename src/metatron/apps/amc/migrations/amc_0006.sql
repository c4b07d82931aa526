create table amc.schedule (
  tenant_id uuid not null,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  workflow_id uuid not null,
  instance_id uuid not null,
  values jsonb not null,
  window_rule jsonb not null,
  rhythm jsonb not null,
  time_zone text not null,
  catch_up text not null check (catch_up in ('skip', 'last', 'all')),
  auto_pause_after bigint check (auto_pause_after between 1 and 100),
  state text not null check (state in ('active', 'paused')),
  pause_reason text,
  next_fire_at timestamptz,
  failures_in_a_row bigint not null default 0,
  succeeded bigint not null default 0,
  failed bigint not null default 0,
  created_by uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version bigint not null default 1,
  primary key (tenant_id, id),
  constraint schedule_next_ck check ((state = 'active') = (next_fire_at is not null)),
  constraint schedule_pause_ck check (state = 'paused' or pause_reason is null),
  foreign key (tenant_id, workflow_id) references amc.workflow (tenant_id, id),
  foreign key (tenant_id, instance_id) references amc.instance (tenant_id, id) on delete cascade
);
create index schedule_workflow_ix on amc.schedule (tenant_id, workflow_id);
create index schedule_instance_ix on amc.schedule (tenant_id, instance_id);
create index schedule_next_ix on amc.schedule (tenant_id, next_fire_at) where state = 'active';

-- One row an instant, so that a schedule fires once however many workers try.
create table amc.firing (
  tenant_id uuid not null,
  schedule_id uuid not null,
  fire_at timestamptz not null,
  kind text not null check (kind in ('regular', 'extra')),
  outcome text not null check (outcome in ('run', 'skipped', 'refused')),
  reason text,
  run_id uuid,
  fired_at timestamptz not null,
  primary key (tenant_id, schedule_id, fire_at, kind),
  constraint firing_run_ck check ((outcome = 'run') = (run_id is not null)),
  foreign key (tenant_id, schedule_id) references amc.schedule (tenant_id, id) on delete cascade
);
