-- Accounts: static rules, comparison with a stored one, creation.

create function ledger.compare_account(a ledger.account, e ledger.account) returns text
language sql immutable
return case
    when (a).flags <> ((e).flags & ~32) | case when (e).closed then 32 else 0 end
        then 'exists_with_different_flags'
    when (a).user_data_128 is distinct from (e).user_data_128
        then 'exists_with_different_user_data_128'
    when (a).user_data_64 is distinct from (e).user_data_64
        then 'exists_with_different_user_data_64'
    when (a).user_data_32 is distinct from (e).user_data_32
        then 'exists_with_different_user_data_32'
    when (a).ledger <> (e).ledger or (a).currency <> (e).currency
        then 'exists_with_different_ledger'
    when (a).code <> (e).code then 'exists_with_different_code'
    else 'exists'
end;

create function ledger.refuse_account(a ledger.account) returns text
language sql immutable
return case
    when ((a).flags & 6) = 6 then 'flags_are_mutually_exclusive'
    when (a).debits_pending <> 0 then 'debits_pending_must_be_zero'
    when (a).debits_posted <> 0 then 'debits_posted_must_be_zero'
    when (a).credits_pending <> 0 then 'credits_pending_must_be_zero'
    when (a).credits_posted <> 0 then 'credits_posted_must_be_zero'
    when (a).ledger = 0 then 'ledger_must_not_be_zero'
    when (a).code = 0 then 'code_must_not_be_zero'
end;

-- One account; a.timestamp is what the caller sent, p_time the booking time of its creation.
create function ledger.create_account(
    a ledger.account, p_time bigint, out status text, out "timestamp" bigint
)
language plpgsql
as $$
declare
    e ledger.account;
begin
    "timestamp" := p_time;
    status := case when a.timestamp <> 0 then 'timestamp_must_be_zero'
        else ledger.refuse_id(a.id, a.flags, 47) end;
    if status is not null then
        return;
    end if;
    select * into e from ledger.account s where s.tenant_id = a.tenant_id and s.id = a.id;
    if e.id is null then
        status := ledger.refuse_account(a);
        if status is not null then
            return;
        end if;
        a.timestamp := p_time;
        insert into ledger.account values (a.*) on conflict do nothing;
        if found then
            status := 'created';
            return;
        end if;
        -- Somebody else was faster.
        select * into e from ledger.account s where s.tenant_id = a.tenant_id and s.id = a.id;
    end if;
    status := ledger.compare_account(a, e);
    if status = 'exists' then
        "timestamp" := e.timestamp;
    end if;
end
$$;

-- The accounts p_first to p_last of a linked chain: all or none. Answers their statuses.
create function ledger.create_account_chain(
    p_rows ledger.account[], p_times bigint[], p_first integer, p_last integer
) returns text[]
language plpgsql
as $$
declare
    v_open     constant boolean := (p_rows[p_last].flags & 1) <> 0;
    v_statuses text[] := array_fill('linked_event_failed'::text, array[p_last - p_first + 1]);
    v_status   text;
    v_at       integer;
begin
    for i in p_first .. p_last loop
        v_at := i;
        v_status := case when i = p_last and v_open then 'linked_event_chain_open'
            else (ledger.create_account(p_rows[i], p_times[i])).status end;
        if v_status <> 'created' then
            raise sqlstate 'LE001';
        end if;
    end loop;
    return array_fill('created'::text, array[p_last - p_first + 1]);
exception when sqlstate 'LE001' then  -- takes the accounts created above back
    v_statuses[v_at - p_first + 1] := v_status;
    if v_open then
        v_statuses[p_last - p_first + 1] := 'linked_event_chain_open';
    end if;
    return v_statuses;
end
$$;

-- The door. Arrays of equal length, one place for each account; a NULL array stands for nothing set.
-- One row comes back for each account, in order: TigerBeetle's result name and the booking time.
create function ledger.create_accounts(
    p_ids             uuid[],
    p_ledgers         integer[],
    p_codes           integer[],
    p_currencies      text[],
    p_flags           integer[] default null,
    p_user_data_128   uuid[] default null,
    p_user_data_64    bigint[] default null,
    p_user_data_32    bigint[] default null,
    p_debits_pending  bigint[] default null,
    p_debits_posted   bigint[] default null,
    p_credits_pending bigint[] default null,
    p_credits_posted  bigint[] default null,
    p_timestamps      bigint[] default null
) returns table (item integer, status text, "timestamp" bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
    c_nil      constant uuid := '00000000-0000-0000-0000-000000000000';
    v_tenant   uuid := ledger.bound_tenant();
    v_count    integer := cardinality(p_ids);
    v_times    bigint[] := ledger.booking_times(cardinality(p_ids));
    v_rows     ledger.account[];
    v_statuses text[] := array_fill(null::text, array[cardinality(p_ids)]);
    v_created  bigint[];
    v_last     integer;
begin
    v_rows := array(
        select row(
            v_tenant, nullif(i.id, c_nil), coalesce(i.debits_pending, 0),
            coalesce(i.debits_posted, 0), coalesce(i.credits_pending, 0),
            coalesce(i.credits_posted, 0), 0, coalesce(i.timestamp, 0), i.ledger, i.code,
            case when i.flags > 255 then 256 | (i.flags & 255) else coalesce(i.flags, 0) end,
            coalesce(i.flags & 32, 0) <> 0, i.currency, nullif(i.user_data_128, c_nil),
            nullif(i.user_data_64, 0), nullif(i.user_data_32, 0)
        )::ledger.account
        from unnest(
            p_ids, p_ledgers, p_codes, p_currencies, p_flags, p_user_data_128, p_user_data_64,
            p_user_data_32, p_debits_pending, p_debits_posted, p_credits_pending,
            p_credits_posted, p_timestamps
        ) i(
            id, ledger, code, currency, flags, user_data_128, user_data_64, user_data_32,
            debits_pending, debits_posted, credits_pending, credits_posted, timestamp
        )
    );
    if not exists (select from unnest(v_rows) r where (r.flags & 1) <> 0) then
        -- Without chains the new ones go in at once; in order of id, as in ledger.book. Of two
        -- with one id the first in the batch is the one created.
        with fresh as (
            insert into ledger.account
            select r.tenant_id, r.id, 0, 0, 0, 0, 0, v_times[i.i], r.ledger, r.code, r.flags,
                r.closed, r.currency, r.user_data_128, r.user_data_64, r.user_data_32
            from generate_series(1, v_count) i(i)
            cross join lateral (select (v_rows[i.i]).*) r
            where ledger.refuse_id(r.id, r.flags, 47) is null and r.timestamp = 0
                and ledger.refuse_account(v_rows[i.i]) is null
            order by r.id, i.i
            on conflict do nothing
            returning account.timestamp
        )
        select array_agg(fresh.timestamp) into v_created from fresh;
        select array_agg(case when v.time = any(v_created) then 'created' end order by v.place)
        into v_statuses
        from unnest(v_times) with ordinality v(time, place);
    end if;

    item := 1;
    while item <= v_count loop
        v_last := item;
        while v_last < v_count and (v_rows[v_last].flags & 1) <> 0 loop
            v_last := v_last + 1;
        end loop;
        if (v_rows[item].flags & 1) <> 0 then
            v_statuses[item:v_last] := ledger.create_account_chain(v_rows, v_times, item, v_last);
        end if;
        for i in item .. v_last loop
            item := i;
            status := v_statuses[i];
            "timestamp" := v_times[i];
            if status is null then
                select c.status, c.timestamp into status, "timestamp"
                from ledger.create_account(v_rows[i], v_times[i]) c;
            end if;
            return next;
        end loop;
        item := v_last + 1;
    end loop;
end
$$;
