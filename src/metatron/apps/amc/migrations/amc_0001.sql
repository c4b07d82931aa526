create table amc.connection (
  tenant_id uuid not null,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  region text not null check (region in ('na', 'eu', 'fe')),
  state text not null check (state in ('connecting', 'healthy', 'broken', 'disconnected')),
  state_reason text,
  sealed_refresh bytea,
  sealed_access bytea,
  access_expires_at timestamptz,
  refreshed_at timestamptz,
  is_twin boolean not null,
  connected_by uuid,
  created_at timestamptz not null,
  version bigint not null default 1,
  primary key (tenant_id, id),
  constraint connection_healthy_ck check (state <> 'healthy' or sealed_refresh is not null)
);

create table amc.sign_in (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  user_id uuid not null,
  state_hash bytea not null check (octet_length(state_hash) = 32),
  sealed_verifier bytea not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (tenant_id, id),
  constraint sign_in_state_uq unique (tenant_id, state_hash),
  foreign key (tenant_id, connection_id) references amc.connection (tenant_id, id) on delete cascade
);

create table amc.account (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  amc_account_id text not null,
  marketplace_id text not null,
  name text not null,
  synced_at timestamptz not null,
  primary key (tenant_id, id),
  constraint account_once_uq unique (tenant_id, connection_id, amc_account_id, marketplace_id),
  foreign key (tenant_id, connection_id) references amc.connection (tenant_id, id) on delete cascade
);

create table amc.instance (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  connection_id uuid not null,
  amc_instance_id text not null,
  name text not null,
  status text not null,
  advertiser_types text[] not null default '{}',
  time_zone text not null default 'UTC',
  brands text[] not null default '{}',
  active boolean not null default true,
  synced_at timestamptz not null,
  gone_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  constraint instance_once_uq unique (tenant_id, connection_id, amc_instance_id),
  foreign key (tenant_id, account_id) references amc.account (tenant_id, id) on delete cascade,
  foreign key (tenant_id, connection_id) references amc.connection (tenant_id, id) on delete cascade
);
create index instance_name_ix on amc.instance (tenant_id, name, id);

create table amc.instance_favourite (
  tenant_id uuid not null,
  instance_id uuid not null,
  user_id uuid not null,
  primary key (tenant_id, user_id, instance_id),
  foreign key (tenant_id, instance_id) references amc.instance (tenant_id, id) on delete cascade
);

create table amc.workflow (
  tenant_id uuid not null,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  description text not null default '',
  folder text not null default '',
  tags text[] not null default '{}',
  category text not null default 'custom',
  shared boolean not null default true,
  owner_id uuid,
  forked_from uuid,
  guide text,
  current_version bigint not null,
  runs bigint not null default 0,
  last_run_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id)
);
create index workflow_recent_ix on amc.workflow (tenant_id, updated_at desc, id) where archived_at is null;

create table amc.workflow_version (
  tenant_id uuid not null,
  workflow_id uuid not null,
  number bigint not null check (number > 0),
  sql text not null check (length(sql) between 1 and 200000),
  parameters jsonb not null,
  privacy text not null check (privacy in ('REMOVE_ROWS', 'REMOVE_VALUES')),
  note text not null default '',
  saved_by uuid,
  saved_at timestamptz not null,
  primary key (tenant_id, workflow_id, number),
  foreign key (tenant_id, workflow_id) references amc.workflow (tenant_id, id) on delete cascade
);

create table amc.workflow_favourite (
  tenant_id uuid not null,
  workflow_id uuid not null,
  user_id uuid not null,
  primary key (tenant_id, user_id, workflow_id),
  foreign key (tenant_id, workflow_id) references amc.workflow (tenant_id, id) on delete cascade
);

create table amc.parameter_set (
  tenant_id uuid not null,
  id uuid not null,
  workflow_id uuid not null,
  name text not null check (length(name) between 1 and 200),
  values jsonb not null,
  saved_by uuid,
  saved_at timestamptz not null,
  primary key (tenant_id, id),
  constraint parameter_set_name_uq unique (tenant_id, workflow_id, name),
  foreign key (tenant_id, workflow_id) references amc.workflow (tenant_id, id) on delete cascade
);

-- A run is ours; what AMC calls an execution is named in amc_execution_id. `origin` says who asked:
-- a person, a schedule, a set of runs, or a trial of a schedule that counts in no statistics.
create table amc.run (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  instance_id uuid not null,
  workflow_id uuid,
  workflow_version bigint,
  sql text not null,
  parameters jsonb not null,
  values jsonb not null,
  value_sources jsonb not null default '{}',
  window_rule jsonb not null,
  window_start timestamp not null,
  window_end timestamp not null,
  time_zone text not null,
  privacy text not null check (privacy in ('REMOVE_ROWS', 'REMOVE_VALUES')),
  dry_run boolean not null default false,
  origin text not null check (origin in ('person', 'schedule', 'run_set', 'trial')),
  origin_id uuid,
  state text not null check (state in
    ('queued', 'submitting', 'pending', 'running', 'fetching', 'succeeded', 'failed', 'cancelled')),
  state_reason text,
  problem jsonb,
  marker text not null,
  amc_execution_id text,
  attempts bigint not null default 0,
  next_at timestamptz,
  leased_until timestamptz,
  cancel_asked_at timestamptz,
  submitted_at timestamptz,
  finished_at timestamptz,
  expires_at timestamptz,
  columns jsonb,
  row_count bigint,
  size_bytes bigint,
  sha256 bytea,
  requested_by uuid,
  created_at timestamptz not null,
  version bigint not null default 1,
  primary key (tenant_id, id),
  constraint run_window_ck check (window_start < window_end),
  constraint run_marker_uq unique (tenant_id, marker),
  constraint run_result_ck check (state <> 'succeeded' or dry_run or row_count is not null),
  foreign key (tenant_id, instance_id) references amc.instance (tenant_id, id),
  foreign key (tenant_id, workflow_id, workflow_version)
    references amc.workflow_version (tenant_id, workflow_id, number)
);
create index run_recent_ix on amc.run (tenant_id, created_at desc, id);
create index run_instance_ix on amc.run (tenant_id, instance_id, created_at desc, id);
create index run_workflow_ix on amc.run (tenant_id, workflow_id, created_at desc, id);
create index run_origin_ix on amc.run (tenant_id, origin_id, created_at desc) where origin_id is not null;
create index run_open_ix on amc.run (tenant_id, instance_id, state, next_at)
  where state not in ('succeeded', 'failed', 'cancelled');
