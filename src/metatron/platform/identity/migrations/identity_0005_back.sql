revoke select (id, user_id, name, created_at, last_used_at) on identity.passkey
  from metatron_system;
revoke select (method, device, ip, created_at, last_used_at, confirmed_at)
  on identity.session from metatron_system;
drop view identity.pub_session_confirmed, identity.pub_device, identity.pub_passkey;
create or replace view identity.pub_user with (security_invoker = true) as
select id, email, display_name, email_verified_at is not null as email_verified, state
from identity.user_account;
