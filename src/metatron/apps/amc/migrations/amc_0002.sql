-- The number rises with every token that is stored: whoever was refused with number n needs n + 1.
alter table amc.connection
  add column token_number bigint not null default 0,
  add column refreshing_until timestamptz,
  add column refresh_failures bigint not null default 0,
  add column refresh_again_at timestamptz,
  add column broken_told_at timestamptz;
create index connection_due_ix on amc.connection (tenant_id, access_expires_at)
  where state = 'healthy';

-- The system role only finds what is due; tokens are none of its business.
create policy system on amc.connection for all to metatron_system using (true) with check (true);
grant select (tenant_id, id, state, access_expires_at) on amc.connection to metatron_system;
