create table health.alert_rule (
  name text primary key,
  is_enabled boolean not null default true,
  threshold double precision not null check (threshold > 0),
  clears_below double precision not null check (clears_below > 0),
  for_seconds integer not null check (for_seconds between 0 and 86400),
  version integer not null default 1,
  value double precision,
  seen_at timestamptz,
  breached_at timestamptz,
  calm_at timestamptz,
  check (clears_below <= threshold)
);
create table health.alert (
  id uuid primary key,
  rule text not null references health.alert_rule (name),
  threshold double precision not null,
  value double precision not null,
  highest_value double precision not null,
  fired_at timestamptz not null,
  resolved_at timestamptz,
  check (resolved_at >= fired_at)
);
create unique index alert_firing on health.alert (rule) where resolved_at is null;
create index alert_fired on health.alert (rule, fired_at);
insert into health.alert_rule (name, threshold, clears_below, for_seconds) values
  ('cpu', 85, 75, 300),
  ('memory', 90, 85, 300),
  ('storage', 85, 80, 300),
  ('database', 1000, 500, 60),
  ('error_rate', 5, 2, 120),
  ('response', 2000, 1000, 120);
grant select, update on health.alert_rule to metatron_system;
grant select, insert, update, delete on health.alert to metatron_system;
