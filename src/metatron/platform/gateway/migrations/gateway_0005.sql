-- The database itself announces each change of what the gate remembers, whoever makes it: what is
-- held longer than a few seconds is held because of that.
create function gateway.tell_access() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    perform pg_notify('metatron_access', tg_argv[0] || ':' || (to_jsonb(old) ->> tg_argv[1]));
  end if;
  if tg_op <> 'DELETE' then
    perform pg_notify('metatron_access', tg_argv[0] || ':' || (to_jsonb(new) ->> tg_argv[1]));
  end if;
  return null;
end $$;

-- A session that begins, and a person who joins, are not remembered yet: only what they become.
create trigger tell_access after update on identity.session for each row
  when ((old.user_id, old.tenant_id, old.version, old.state, old.mfa_pending, old.impersonator_id,
         old.absolute_expires_at)
        is distinct from
        (new.user_id, new.tenant_id, new.version, new.state, new.mfa_pending, new.impersonator_id,
         new.absolute_expires_at))
  execute function gateway.tell_access('session', 'id');
create trigger tell_access_end after delete on identity.session for each row
  execute function gateway.tell_access('session', 'id');

create trigger tell_access after update on identity.user_account for each row
  when ((old.state, old.email_verified_at is null)
        is distinct from (new.state, new.email_verified_at is null))
  execute function gateway.tell_access('user', 'id');
create trigger tell_access_end after delete on identity.user_account for each row
  execute function gateway.tell_access('user', 'id');

create trigger tell_access after update on tenancy.tenant for each row
  when ((old.name, old.slug, old.state, old.environment, old.tier, old.is_sandbox, old.deleted_at,
         old.clock_offset_seconds, old.account_id, old.limits, old.suspended_reason,
         old.maintenance_note)
        is distinct from
        (new.name, new.slug, new.state, new.environment, new.tier, new.is_sandbox, new.deleted_at,
         new.clock_offset_seconds, new.account_id, new.limits, new.suspended_reason,
         new.maintenance_note))
  execute function gateway.tell_access('tenant', 'id');
create trigger tell_access_end after delete on tenancy.tenant for each row
  execute function gateway.tell_access('tenant', 'id');

-- Of these a row that was not there may be remembered as well: no member, no role, nothing off.
create trigger tell_access after insert or update or delete on tenancy.module_switch
  for each row execute function gateway.tell_access('tenant', 'tenant_id');
create trigger tell_access after insert or update or delete on tenancy.member
  for each row execute function gateway.tell_access('user', 'user_id');
create trigger tell_access after insert or update or delete on tenancy.member_role
  for each row execute function gateway.tell_access('tenant', 'tenant_id');
create trigger tell_access after update or delete on tenancy.role
  for each row execute function gateway.tell_access('tenant', 'tenant_id');
