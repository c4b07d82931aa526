-- A complete sign-in: its own attempts are forgotten, one of each shared limit is taken back.
-- `take_attempt` is given its keys in ascending order, and here they are locked in the same. One
-- statement: it touches no row that came back after the locks were taken.
create function identity.forgive_attempts(own bytea[], shared bytea[]) returns void language sql as $$
  with locked as materialized (
    select key from identity.throttle where key = any (own || shared) order by key for update),
  cleared as (
    delete from identity.throttle h using locked l where h.key = l.key and h.key = any (own))
  update identity.throttle h
  set attempts = greatest(h.attempts - 1, 0), blocked_until = null,
      strikes = greatest(h.strikes - (h.blocked_until is not null)::int, 0)
  from locked l
  where h.key = l.key and h.key = any (shared)
$$;

create or replace function identity.give_back_attempt(keys bytea[]) returns void language sql as $$
  select identity.forgive_attempts('{}', keys)
$$;

revoke execute on function identity.forgive_attempts from public;
grant execute on function identity.forgive_attempts to metatron_app;
