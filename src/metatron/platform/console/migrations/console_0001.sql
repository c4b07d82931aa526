-- Each version holds all that differs from what the processes were started with.
create table console.configuration (
  version integer primary key check (version > 0),
  chosen jsonb not null check (jsonb_typeof(chosen) = 'object'),
  changes jsonb not null,
  reason text not null check (length(reason) <= 500),
  actor_kind text not null,
  changed_by uuid,
  changed_at timestamptz not null
);
grant select, insert on console.configuration to metatron_system;
