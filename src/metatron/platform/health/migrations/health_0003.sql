-- Requests of a tenant by the minute, with the seconds they took; kept for some hours.
create table health.tenant_traffic (
  tenant_id uuid not null,
  minute timestamptz not null,
  requests bigint not null,
  errors bigint not null,
  seconds double precision not null,
  primary key (tenant_id, minute)
);
-- Since when a tenant's figure has been too high, or calm again; no row while neither waits.
create table health.tenant_watch (
  tenant_id uuid not null,
  rule text not null,
  breached_at timestamptz,
  calm_at timestamptz,
  primary key (tenant_id, rule)
);
alter table health.alert add column tenant_id uuid;
drop index health.alert_firing;
create unique index alert_firing on health.alert (rule, tenant_id) nulls not distinct
  where resolved_at is null;
insert into health.alert_rule (name, threshold, clears_below, for_seconds) values
  ('tenant_errors', 5, 2, 300),
  ('tenant_response', 2000, 1000, 300),
  ('tenant_silence', 3600, 600, 0);
