-- In an organisation that erased somebody nobody reads their name, even if the account goes on
-- elsewhere. The address stays as it is: it is asked for by index, and shown of members only.
create or replace view identity.pub_user with (security_invoker = true) as
select id, email,
  case when exists (
    select from tenancy.member m
    where m.tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)
      and m.user_id = u.id and m.erased_at is not null)
  then 'Erased person' else display_name end as display_name,
  email_verified_at is not null as email_verified, state
from identity.user_account u;

create view identity.pub_session_confirmed with (security_invoker = true) as
select id, user_id, coalesce(confirmed_at, created_at) as confirmed_at from identity.session;

create view identity.pub_device with (security_invoker = true) as
select id, user_id, tenant_id, method, device, ip, created_at, last_used_at, state
from identity.session;

create view identity.pub_passkey with (security_invoker = true) as
select id, user_id, name, created_at, last_used_at from identity.passkey;

grant select on identity.pub_session_confirmed, identity.pub_device, identity.pub_passkey
  to metatron_app, metatron_system;
grant select (method, device, ip, created_at, last_used_at, confirmed_at)
  on identity.session to metatron_system;
grant select (id, user_id, name, created_at, last_used_at) on identity.passkey to metatron_system;
