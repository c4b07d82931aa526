-- A tenant whose rows here must not change: it is being moved, or it lives elsewhere now.
-- Written by the owner role alone; a row outlives the move, so that a process with an old idea of
-- where the tenant lives is refused.
create table kernel.tenant_hold (
  tenant_id uuid primary key,
  reason text not null check (reason in ('moving', 'moved')),
  held_at timestamptz not null default clock_timestamp(),
  purge_after timestamptz
);
grant select on kernel.tenant_hold to metatron_app, metatron_system;

-- True when the tenant may write here until the transaction ends. Takes a shared lock that the
-- mover waits for; not getting it means that the mover is at work. The hold is read after the
-- lock, in a statement (and so a snapshot) of its own: no transaction slips in between.
create function kernel.may_write(tenant uuid) returns boolean
language plpgsql volatile set search_path = pg_catalog as $$
begin
  if not pg_try_advisory_xact_lock_shared(hashtextextended('metatron.tenant/' || tenant, 0)) then
    return false;
  end if;
  return not exists (select from kernel.tenant_hold h where h.tenant_id = tenant);
end $$;

-- For single statements that write through the direct door: binds, or raises.
create function kernel.bind_for_write(tenant text) returns text
language plpgsql volatile set search_path = pg_catalog as $$
begin
  if not kernel.may_write(tenant::uuid) then
    raise exception 'tenant % is being moved', tenant using errcode = 'read_only_sql_transaction';
  end if;
  return set_config('app.tenant_id', tenant, true);
end $$;

revoke execute on function kernel.may_write(uuid), kernel.bind_for_write(text) from public;
grant execute on function kernel.may_write(uuid), kernel.bind_for_write(text)
  to metatron_app, metatron_system, metatron_owner;

-- Append-only rows go only after their tenant has moved away and its time of grace has passed, by
-- the owner's hand, bound to that tenant (row-level security is forced on the owner too).
create or replace function kernel.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  if tg_op = 'DELETE' and tg_level = 'ROW'
     and current_user = (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid)
     and exists (select from kernel.tenant_hold h
                 where h.tenant_id::text = to_jsonb(old) ->> 'tenant_id'
                   and h.reason = 'moved' and h.purge_after <= now()) then
    return old;
  end if;
  raise exception 'table %.% is append-only', tg_table_schema, tg_table_name
    using errcode = 'restrict_violation';
end $$;
