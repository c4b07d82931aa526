-- Booking time: strictly increasing over the whole database, in nanoseconds, close to the clock.
--
-- A sequence gives the order without a lock that lasts until commit. It steps by one for each event;
-- when it lags the clock by more than 10 ms one caller moves it forward. Only the holder of the
-- advisory lock may do so, and all others can meanwhile only step by one, so it could run backwards
-- only if ten million events were booked between two lines of this function. It is not moved back
-- when the clock is. The lock ends with the holder's transaction: until then time advances by steps
-- only, an inaccuracy of the same size as the wait for that commit.

create function ledger.follow_clock() returns bigint
language plpgsql
as $$
declare
    c_lag   constant bigint := 10000000;
    v_clock bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint * 1000;
    v_time  bigint := nextval('ledger.booking_clock');
begin
    if v_time < v_clock - c_lag and pg_try_advisory_xact_lock(7120316501) then
        v_time := nextval('ledger.booking_clock');
        if v_time < v_clock - c_lag then
            v_time := setval('ledger.booking_clock', v_clock);
        end if;
    end if;
    return v_time;
end
$$;

-- p_count booking times, ascending. Draw them after the accounts are locked: then the entries of an
-- account are in the order of their times.
create function ledger.booking_times(p_count integer) returns bigint[]
language plpgsql
as $$
begin
    if p_count = 1 then
        return array[ledger.follow_clock()];
    end if;
    perform ledger.follow_clock();
    return array(select nextval('ledger.booking_clock') from generate_series(1, p_count));
end
$$;

-- The tenant that the caller's transaction is bound to.
create function ledger.bound_tenant() returns uuid
language plpgsql stable
as $$
declare
    v_tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
begin
    if v_tenant is null then
        raise exception 'no tenant is bound to this transaction'
            using errcode = 'invalid_authorization_specification';
    end if;
    return v_tenant;
end
$$;

-- sum(bigint) answers numeric; balances are bigint and must raise when they leave it.
create aggregate ledger.total(bigint) (sfunc = int8pl, stype = bigint, initcond = '0', parallel = safe);
