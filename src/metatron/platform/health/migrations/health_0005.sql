create table health.maintenance_window (
  id uuid primary key,
  title text not null check (length(title) between 1 and 200),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  -- Null: every rule, and the platform with all its tenants.
  rules text[] check (cardinality(rules) > 0),
  tenant_id uuid,
  created_by uuid,
  created_at timestamptz not null,
  check (ends_at >= starts_at)
);
create index maintenance_window_end on health.maintenance_window (ends_at);
create table health.alert_channel (
  id uuid primary key,
  url text not null check (length(url) <= 2000),
  sealed_secret bytea not null,
  created_by uuid,
  created_at timestamptz not null,
  told_at timestamptz,
  last_error text
);
-- The window that kept it silent, and since when people know of it.
alter table health.alert add column silenced_by uuid, add column told_at timestamptz;
update health.alert set told_at = fired_at;
-- A program of the release before tells each alert at once and knows nothing of the column.
alter table health.alert alter column told_at set default now();
grant select, insert, update, delete on health.maintenance_window, health.alert_channel
  to metatron_system;
