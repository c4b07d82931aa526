revoke select (tenant_id, id, state, access_expires_at) on amc.connection from metatron_system;
drop policy system on amc.connection;
drop index amc.connection_due_ix;
alter table amc.connection
  drop column token_number,
  drop column refreshing_until,
  drop column refresh_failures,
  drop column refresh_again_at,
  drop column broken_told_at;
