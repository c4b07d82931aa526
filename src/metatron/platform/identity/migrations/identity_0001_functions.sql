-- Hot decisions, each in one round trip. The caller gives the instant, null for the database's.

-- Rotates a refresh token. Verdicts: rotated, unknown, ended (session), reused (outside the
-- 10 s of grace), expired (7 days idle). Nothing changes but by `rotated`.
create function identity.rotate_refresh_token(
  presented bytea, successor bytea, at timestamptz, from_ip text
) returns table (verdict text, session_id uuid, user_id uuid, tenant_id uuid, version bigint,
                 decided_at timestamptz, expires_at timestamptz, ends_at timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
  token identity.refresh_token;
  family identity.session;
  instant timestamptz := coalesce(at, clock_timestamp());
  word text;
  lasts timestamptz;
begin
  select * into token from identity.refresh_token t where t.token_hash = presented;
  if not found then
    return query select 'unknown', null::uuid, null::uuid, null::uuid, null::bigint, instant,
                        null::timestamptz, null::timestamptz;
    return;
  end if;
  select * into family from identity.session s where s.id = token.session_id for update;
  -- Read again: the family is ours alone only now.
  select * into token from identity.refresh_token t where t.token_hash = presented;
  instant := coalesce(at, clock_timestamp());
  word := case
    when family.state <> 'active' or family.mfa_pending
         or family.absolute_expires_at <= instant then 'ended'
    when not exists (select from identity.user_account u
                     where u.id = family.user_id and u.state = 'active') then 'ended'
    when token.used_at + interval '10 seconds' < instant then 'reused'
    when token.expires_at <= instant then 'expired'
    else 'rotated' end;
  if word = 'rotated' then
    -- Siblings of a race end with the first step of any of them: a copied one shows as reuse.
    if token.used_at is null then
      update identity.refresh_token t set used_at = instant
      where t.session_id = family.id and t.used_at is null and t.generation <= token.generation;
    end if;
    lasts := least(instant + interval '7 days', family.absolute_expires_at);
    insert into identity.refresh_token (token_hash, session_id, generation, issued_at, expires_at)
    values (successor, family.id, token.generation + 1, instant, lasts);
    update identity.session s set last_used_at = instant, ip = coalesce(from_ip, s.ip)
    where s.id = family.id;
  end if;
  return query select word, family.id, family.user_id, family.tenant_id, family.version, instant,
                      lasts, family.absolute_expires_at;
end $$;

-- Counts an attempt on every key; answers until when one of them is blocked, null to go on.
-- The attempt that reaches a limit still runs; the block begins behind it and doubles, 15 minutes
-- to 4 hours, until a day has passed in peace.
create function identity.take_attempt(keys bytea[], most bigint[], at timestamptz)
returns timestamptz language plpgsql as $$
declare
  held identity.throttle;
  instant timestamptz := coalesce(at, clock_timestamp());
begin
  for n in 1 .. cardinality(keys) loop
    insert into identity.throttle as h (key, attempts, strikes, window_started_at)
    values (keys[n], 0, 0, instant)
    on conflict (key) do update set attempts = h.attempts
    returning * into held;
    if held.blocked_until > instant then
      return held.blocked_until;
    end if;
    if held.blocked_until is not null or held.window_started_at <= instant - interval '15 minutes'
    then
      held.attempts := 0;
      if coalesce(held.blocked_until, held.window_started_at) < instant - interval '1 day' then
        held.strikes := 0;
      end if;
      held.blocked_until := null;
      held.window_started_at := instant;
    end if;
    held.attempts := held.attempts + 1;
    if held.attempts >= most[n] then
      held.blocked_until :=
        instant + least(interval '15 minutes' * power(2, held.strikes), interval '4 hours');
      held.strikes := least(held.strikes + 1, 10);
    end if;
    update identity.throttle h
    set attempts = held.attempts, strikes = held.strikes, blocked_until = held.blocked_until,
        window_started_at = held.window_started_at
    where h.key = keys[n];
  end loop;
  return null;
end $$;

-- Takes back one attempt that turned out to be right.
create function identity.give_back_attempt(keys bytea[]) returns void language sql as $$
  update identity.throttle
  set attempts = greatest(attempts - 1, 0), blocked_until = null,
      strikes = greatest(strikes - (blocked_until is not null)::int, 0)
  where key = any (keys)
$$;

revoke execute on all functions in schema identity from public;
grant execute on all functions in schema identity to metatron_app;
