-- The door. Arrays of equal length, one place for each transfer; a NULL array stands for nothing set
-- in any of them. p_now decides timeouts and defaults to the database's clock. One row comes back for
-- each transfer, in order: TigerBeetle's result name and the booking time.
create or replace function ledger.create_transfers(
    p_ids                uuid[],
    p_debit_account_ids  uuid[],
    p_credit_account_ids uuid[],
    p_amounts            bigint[],
    p_ledgers            integer[],
    p_codes              integer[],
    p_why                text[],
    p_where_to           text[],
    p_triggered_by       text[],
    p_flags              integer[] default null,
    p_pending_ids        uuid[] default null,
    p_user_data_128      uuid[] default null,
    p_user_data_64       bigint[] default null,
    p_user_data_32       bigint[] default null,
    p_timeouts           bigint[] default null,
    p_event_at           timestamptz[] default null,
    p_timestamps         bigint[] default null,
    p_now                timestamptz default null
) returns table (item integer, status text, "timestamp" bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    c_nil    constant uuid := '00000000-0000-0000-0000-000000000000';
    v_tenant uuid := ledger.bound_tenant();
    v_now    timestamptz := coalesce(p_now, clock_timestamp());
    v_rows   ledger.transfer[];
    v_booked ledger.transfer[];
    v_times  bigint[];
begin
    if '' = any(p_why) or '' = any(p_where_to) or '' = any(p_triggered_by) then
        raise exception 'a transfer tells why, where to and what triggered it'
            using errcode = 'check_violation';
    elsif coalesce(0 > any(p_amounts), true) then
        raise exception 'an amount is at least zero' using errcode = 'check_violation';
    end if;
    if ledger.is_plain(
        p_ids, p_debit_account_ids, p_credit_account_ids, p_amounts, p_ledgers, p_codes, p_flags,
        p_pending_ids, p_timeouts, p_event_at, p_timestamps, v_now
    ) then
        begin
            v_times := ledger.book_plain(
                v_tenant, p_ids, p_debit_account_ids, p_credit_account_ids, p_amounts, p_ledgers[1],
                p_codes, p_flags, p_user_data_128, p_user_data_64, p_user_data_32, p_timeouts,
                p_why, p_where_to, p_triggered_by, v_now
            );
            return query select t.place::integer, 'created', t.time
                from unnest(v_times) with ordinality t(time, place);
            return;
        exception when unique_violation or numeric_value_out_of_range or sqlstate 'LE002' then
            null;  -- Some rule may be broken, or an id be taken: by this batch itself or by another.
        end;
    end if;
    v_rows := ledger.requested(
        v_tenant, p_ids, p_debit_account_ids, p_credit_account_ids, p_amounts, p_ledgers, p_codes,
        p_why, p_where_to, p_triggered_by, p_flags, p_pending_ids, p_user_data_128, p_user_data_64,
        p_user_data_32, p_timeouts, p_event_at, p_timestamps, v_now
    );
    begin
        v_booked := ledger.try_set(v_tenant, v_rows, v_now);
        if v_booked is not null then
            perform ledger.book(v_tenant, v_booked);
            return query select i, 'created', v_booked[i].timestamp
                from generate_subscripts(v_booked, 1) i;
            return;
        end if;
    exception when unique_violation then
        null;  -- An id is taken: by this batch itself, by an earlier one or by one under way.
    end;
    for v_attempt in 1 .. 3 loop
        begin
            return query select * from ledger.by_item(v_tenant, v_rows, v_now);
            return;
        exception when unique_violation then
            -- Another batch, with none of our accounts, took an id or booked the hold that we name after
            -- we had looked. Look again.
            if v_attempt = 3 then
                raise;
            end if;
        end;
    end loop;
end
$$;
