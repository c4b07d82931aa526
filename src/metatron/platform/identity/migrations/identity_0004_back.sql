create or replace function identity.give_back_attempt(keys bytea[]) returns void language sql as $$
  update identity.throttle
  set attempts = greatest(attempts - 1, 0), blocked_until = null,
      strikes = greatest(strikes - (blocked_until is not null)::int, 0)
  where key = any (keys)
$$;

drop function identity.forgive_attempts;
