-- Calls between parts of the suite; every process adds what it counted. Kept for some hours.
create table health.call (
  taken_at timestamptz not null,
  source text not null,
  target text not null,
  calls bigint not null,
  errors bigint not null,
  seconds double precision,
  primary key (taken_at, source, target)
);
grant select, insert, update, delete on health.call to metatron_system;
