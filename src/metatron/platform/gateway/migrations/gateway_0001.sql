-- What was leased to processes in the present window of a caller and in the one before. A caller is
-- known by a hash: no address is kept. After a crash it is empty, and everybody starts anew.
create unlogged table gateway.allowance (
  caller bytea not null,
  seconds int not null,
  number bigint not null,
  taken bigint not null,
  taken_before bigint not null,
  primary key (caller, seconds)
);
grant select, insert, update, delete on gateway.allowance to metatron_system;

-- Leases up to `wants` calls of a pool in the sliding window; whoever asks with several callers
-- names them in one sequence. Returns what was given, and what has been in this window and the last.
create function gateway.lease(
  callers bytea[], lengths int[], numbers bigint[], elapsed float8[], pools bigint[], wants bigint[]
) returns table (granted bigint, now_taken bigint, before_taken bigint)
language plpgsql set search_path = pg_catalog as $$
declare
  held gateway.allowance;
begin
  for i in 1 .. cardinality(callers) loop
    insert into gateway.allowance values (callers[i], lengths[i], numbers[i], 0, 0)
    on conflict (caller, seconds) do update set
      number = greatest(allowance.number, excluded.number),
      taken = case when allowance.number >= excluded.number then allowance.taken else 0 end,
      taken_before = case
        when allowance.number >= excluded.number then allowance.taken_before
        when allowance.number = excluded.number - 1 then allowance.taken
        else 0 end
    returning * into held;
    granted := least(wants[i], greatest(0, floor(
      pools[i] - held.taken - held.taken_before * (1.0 - elapsed[i])))::bigint);
    now_taken := held.taken + granted;
    before_taken := held.taken_before;
    update gateway.allowance set taken = now_taken
    where caller = held.caller and seconds = held.seconds;
    return next;
  end loop;
end $$;
revoke execute on function gateway.lease(bytea[], int[], bigint[], float8[], bigint[], bigint[])
  from public;
grant execute on function gateway.lease(bytea[], int[], bigint[], float8[], bigint[], bigint[])
  to metatron_system;
