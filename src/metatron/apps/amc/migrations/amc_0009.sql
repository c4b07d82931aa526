-- Where results are taken to. One that was put away keeps its name for what was delivered there.
create table amc.destination (
  tenant_id uuid not null,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  kind text not null check (kind in ('postgresql', 'folder', 's3')),
  settings jsonb not null,
  sealed_secret bytea,
  created_by uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  constraint destination_secret_ck check (archived_at is null or sealed_secret is null)
);

-- One row a run and destination, so that a result is on its way once.
create table amc.delivery (
  tenant_id uuid not null,
  id uuid not null,
  destination_id uuid not null,
  run_id uuid not null,
  state text not null check (state in ('pending', 'delivering', 'delivered', 'failed', 'skipped')),
  by_hand boolean not null default false,
  tries bigint not null default 0,
  rows bigint,
  problem text,
  next_at timestamptz,
  lease_id uuid,
  leased_until timestamptz,
  created_at timestamptz not null,
  delivered_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  constraint delivery_once_uq unique (tenant_id, run_id, destination_id),
  constraint delivery_lease_ck check ((state = 'delivering') = (lease_id is not null)),
  constraint delivery_delivered_ck check (state <> 'delivered' or delivered_at is not null),
  foreign key (tenant_id, destination_id) references amc.destination (tenant_id, id),
  foreign key (tenant_id, run_id) references amc.run (tenant_id, id) on delete cascade
);
create index delivery_recent_ix on amc.delivery (tenant_id, created_at desc, id);
create index delivery_destination_ix on amc.delivery (tenant_id, destination_id, state);

alter table amc.run add column destination_ids jsonb not null default '[]';
alter table amc.schedule add column destination_ids jsonb not null default '[]';
