-- A version of a workflow on clients over segments of time. `to_on` is the first day that is no
-- longer wanted; `lag_days` is how long the query's data need to settle.
create table amc.collection (
  tenant_id uuid not null,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  workflow_id uuid not null,
  workflow_version bigint not null,
  privacy text not null check (privacy in ('REMOVE_ROWS', 'REMOVE_VALUES')),
  unit text not null check (unit in ('day', 'week', 'month', 'quarter', 'once')),
  week_starts_on bigint not null check (week_starts_on between 1 and 7),
  from_on date not null,
  to_on date not null,
  continuing boolean not null,
  time_zone text not null,
  lag_days bigint not null check (lag_days between 0 and 60),
  next_segment_at timestamptz,
  paused_at timestamptz,
  pause_reason text check (pause_reason in ('maker_gone')),
  archived_at timestamptz,
  created_by uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version bigint not null default 1,
  primary key (tenant_id, id),
  constraint collection_days_ck check (from_on < to_on),
  constraint collection_next_ck check (continuing = (next_segment_at is not null)),
  constraint collection_once_ck check (unit <> 'once' or not continuing),
  foreign key (tenant_id, workflow_id, workflow_version)
    references amc.workflow_version (tenant_id, workflow_id, number)
);
create index collection_recent_ix on amc.collection (tenant_id, created_at desc, id desc)
  where archived_at is null;
create index collection_workflow_ix on amc.collection (tenant_id, workflow_id);

-- The values are settled when the collection is made: all its segments are asked the same.
create table amc.collection_client (
  tenant_id uuid not null,
  collection_id uuid not null,
  instance_id uuid not null,
  values jsonb not null,
  value_sources jsonb not null,
  parameters_hash bytea not null check (octet_length(parameters_hash) = 32),
  primary key (tenant_id, collection_id, instance_id),
  foreign key (tenant_id, collection_id) references amc.collection (tenant_id, id) on delete cascade,
  foreign key (tenant_id, instance_id) references amc.instance (tenant_id, id) on delete cascade
);
create index collection_client_instance_ix on amc.collection_client (tenant_id, instance_id);

-- One row for each thing to know in the whole organisation, however many collections want it.
-- `starts` and `ends` are wall clock of `time_zone`, half-open. `run_id` is the run asked for last,
-- `kept_run_id` the one whose figures stand.
create table amc.segment (
  tenant_id uuid not null,
  id uuid not null,
  workflow_id uuid not null,
  workflow_version bigint not null,
  parameters_hash bytea not null check (octet_length(parameters_hash) = 32),
  instance_id uuid not null,
  time_zone text not null,
  starts timestamp not null,
  ends timestamp not null,
  settles_at timestamptz not null,
  state text not null check (state in ('waiting', 'running', 'provisional', 'settled', 'failed')),
  tries bigint not null default 0,
  due_at timestamptz,
  run_id uuid,
  kept_run_id uuid,
  kept_provisional boolean not null default false,
  row_count bigint,
  problem text,
  version bigint not null default 1,
  primary key (tenant_id, id),
  constraint segment_once_uq unique (tenant_id, workflow_id, workflow_version, parameters_hash,
    instance_id, time_zone, starts, ends),
  constraint segment_window_ck check (starts < ends),
  constraint segment_due_ck check ((state in ('waiting', 'provisional')) = (due_at is not null)),
  constraint segment_run_ck check (state <> 'running' or run_id is not null),
  constraint segment_kept_ck check (
    (kept_run_id is not null or (state not in ('provisional', 'settled') and not kept_provisional))
    and (kept_run_id is null) = (row_count is null)),
  foreign key (tenant_id, workflow_id, workflow_version)
    references amc.workflow_version (tenant_id, workflow_id, number),
  foreign key (tenant_id, instance_id) references amc.instance (tenant_id, id) on delete cascade,
  foreign key (tenant_id, run_id) references amc.run (tenant_id, id),
  foreign key (tenant_id, kept_run_id) references amc.run (tenant_id, id)
);
create index segment_due_ix on amc.segment (tenant_id, due_at) where due_at is not null;
create index segment_run_ix on amc.segment (tenant_id, run_id) where run_id is not null;
create index segment_kept_run_ix on amc.segment (tenant_id, kept_run_id) where kept_run_id is not null;
create index segment_running_ix on amc.segment (tenant_id, id) where state = 'running';

create table amc.collection_segment (
  tenant_id uuid not null,
  collection_id uuid not null,
  segment_id uuid not null,
  primary key (tenant_id, collection_id, segment_id),
  foreign key (tenant_id, collection_id) references amc.collection (tenant_id, id) on delete cascade,
  foreign key (tenant_id, segment_id) references amc.segment (tenant_id, id) on delete cascade
);
create index collection_segment_segment_ix on amc.collection_segment (tenant_id, segment_id);

-- What a segment's result comes to: boards read this and no file.
create table amc.segment_figure (
  tenant_id uuid not null,
  segment_id uuid not null,
  name text not null,
  sum numeric,
  count bigint not null,
  minimum numeric,
  maximum numeric,
  primary key (tenant_id, segment_id, name),
  foreign key (tenant_id, segment_id) references amc.segment (tenant_id, id) on delete cascade
);
