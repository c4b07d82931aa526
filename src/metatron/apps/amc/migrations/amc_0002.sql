-- The number rises with every token that is stored: whoever was refused with number n needs n + 1.
alter table amc.connection
  add column token_number bigint not null default 0,
  add column refreshing_until timestamptz,
  add column refresh_failures bigint not null default 0,
  add column refresh_again_at timestamptz,
  add column broken_told_at timestamptz;
create index connection_due_ix on amc.connection (tenant_id, access_expires_at)
  where state = 'healthy';
