-- lease_id names who works on the run: what another does with an older one has no effect.
alter table amc.run
  add column lease_id uuid,
  add column result_gone_at timestamptz;

-- One row for each instance that ever ran something: the next look at AMC, and who is looking.
create table amc.turn (
  tenant_id uuid not null,
  instance_id uuid not null,
  tick_id uuid,
  tick_at timestamptz,
  lease_id uuid,
  leased_until timestamptz,
  quiet_until timestamptz,
  primary key (tenant_id, instance_id),
  foreign key (tenant_id, instance_id) references amc.instance (tenant_id, id) on delete cascade
);

-- On the results of a workflow, or of a schedule (of a later room: no key).
create table amc.alert (
  tenant_id uuid not null,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  workflow_id uuid,
  schedule_id uuid,
  condition jsonb not null,
  channels jsonb not null,
  sealed_secret bytea not null,
  created_by uuid,
  created_at timestamptz not null,
  version bigint not null default 1,
  primary key (tenant_id, id),
  constraint alert_one_source_ck check (num_nonnulls(workflow_id, schedule_id) = 1),
  foreign key (tenant_id, workflow_id) references amc.workflow (tenant_id, id) on delete cascade
);
create index alert_recent_ix on amc.alert (tenant_id, created_at desc, id);

create table amc.alert_firing (
  tenant_id uuid not null,
  alert_id uuid not null,
  run_id uuid not null,
  value text,
  fired_at timestamptz not null,
  primary key (tenant_id, alert_id, run_id),
  foreign key (tenant_id, alert_id) references amc.alert (tenant_id, id) on delete cascade,
  foreign key (tenant_id, run_id) references amc.run (tenant_id, id) on delete cascade
);
