create table audit.seal (
  tenant_id uuid not null,
  sequence bigint not null check (sequence > 0),
  event_id uuid not null,
  previous_hash bytea not null check (length(previous_hash) = 32),
  hash bytea not null check (length(hash) = 32),
  sealed_at timestamptz not null,
  primary key (tenant_id, sequence),
  unique (tenant_id, event_id)
);

create table audit.checkpoint (
  tenant_id uuid not null,
  id uuid not null,
  count bigint not null check (count > 0),
  head bytea not null check (length(head) = 32),
  signed_at timestamptz not null,
  key_id text not null,
  signature bytea not null,
  primary key (tenant_id, id)
);
create index checkpoint_count_ix on audit.checkpoint (tenant_id, count);

-- One row: how far, in transaction order, the events of this database are sealed.
create table audit.horizon (
  only_row boolean primary key default true check (only_row),
  transaction_id xid8 not null,
  position bigint not null
);
insert into audit.horizon (transaction_id, position) values ('0', 0);
grant select, update on audit.horizon to metatron_system;
