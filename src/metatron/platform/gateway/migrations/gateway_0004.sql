-- Calls lie in batches, for a row and its place in an index would cost a call more than all else that
-- is done about it: each kind of call once (key, person, route, answer), then the calls.
--
-- The last fifteen weeks have a partition each and take turns: a week's number modulo fifteen. So no
-- process makes or drops tables, and a night in which nothing ran leaves no week without a place.
create table gateway.api_call_batch (
  tenant_id uuid not null,
  slot smallint not null,
  id uuid not null,
  last_at timestamptz not null,
  api_key_id uuid[] not null,
  user_id uuid[] not null,
  method text[] not null,
  route text[] not null,
  status smallint[] not null,
  code text[] not null,
  kind smallint[] not null,
  called_at double precision[] not null,
  duration_ms real[] not null,
  response_bytes integer[] not null,
  request_id text[] not null,
  primary key (tenant_id, last_at, id, slot)
) partition by list (slot);
-- Ids and figures hardly become smaller; to try would take longer than to write them.
alter table gateway.api_call_batch
  alter column called_at set storage external, alter column duration_ms set storage external,
  alter column response_bytes set storage external, alter column request_id set storage external,
  alter column kind set storage external;

-- Emptying a partition is its owner's right alone. It takes no argument: it can only ever empty
-- the week that nothing younger than ninety days is in.
create function gateway.empty_oldest_api_calls() returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
  v_week bigint := floor(extract(epoch from now()) / 604800);
  v_part text := 'gateway.api_call_batch_' || (v_week + 1) % 15;
begin
  if pg_relation_size(v_part::regclass) = 0 then
    return null;
  end if;
  execute 'truncate ' || v_part;
  return v_part;
end $$;
revoke execute on function gateway.empty_oldest_api_calls() from public;
grant execute on function gateway.empty_oldest_api_calls() to metatron_system;
