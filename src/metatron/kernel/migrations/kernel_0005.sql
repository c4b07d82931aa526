-- What goes over Redis Streams, numbered without gaps for each module. Home database only, for the
-- relay's role alone; empty where no Redis is configured.
create table kernel.stream (
  module text primary key,
  last_number bigint not null default 0 check (last_number >= 0),
  published bigint not null default 0
);

create table kernel.stream_entry (
  module text not null,
  number bigint not null,
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  aggregate_id uuid not null,
  occurred_at timestamptz not null,
  payload jsonb not null,
  replayed boolean not null default false,
  primary key (module, number)
);
create unique index stream_entry_once_ix on kernel.stream_entry (tenant_id, id) where not replayed;

-- Up to which number a group of our own has handled a stream.
create table kernel.stream_group (
  module text not null,
  name text not null,
  number bigint not null,
  primary key (module, name)
);
grant select, insert, update, delete
  on kernel.stream, kernel.stream_entry, kernel.stream_group to metatron_system;
