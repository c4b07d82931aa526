-- Many transfers that only move or hold, in one ledger and one currency: no composite rows, three
-- statements for all of them. Doubt raises LE002, which takes everything back; the caller then goes the
-- way of ledger.try_set.

-- Adds the changes (in order of account id) to the accounts and answers how they were before, in
-- arrays of that order. `sound` is NULL or false when an account is missing, closed or of another
-- ledger or currency, or when a limit would hold only thanks to the batch's other side.
-- Nested loops alone: then the accounts are locked in the order of the changes.
create function ledger.move_many(
    p_tenant uuid, p_ledger integer, p_ids uuid[], p_entries bigint[], p_debits_pending bigint[],
    p_debits_posted bigint[], p_credits_pending bigint[], p_credits_posted bigint[],
    out sound boolean, out versions bigint[], out debits_pending bigint[],
    out debits_posted bigint[], out credits_pending bigint[], out credits_posted bigint[]
)
language plpgsql
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
    with moved as (
        update ledger.account a set
            debits_pending = a.debits_pending + c.debits_pending,
            debits_posted = a.debits_posted + c.debits_posted,
            credits_pending = a.credits_pending + c.credits_pending,
            credits_posted = a.credits_posted + c.credits_posted,
            version = a.version + c.entries
        from unnest(
            p_ids, p_entries, p_debits_pending, p_debits_posted, p_credits_pending, p_credits_posted
        ) c(id, entries, debits_pending, debits_posted, credits_pending, credits_posted)
        where a.tenant_id = p_tenant and a.id = c.id
        returning a.id, a.flags, a.currency, a.closed, a.ledger,
            a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted,
            a.version - c.entries as version,
            c.debits_pending as dp, c.debits_posted as dq,
            c.credits_pending as cp, c.credits_posted as cq
    )
    select count(*) = cardinality(p_ids) and not bool_or(m.closed)
            and min(m.currency) = max(m.currency)
            and min(m.ledger) = p_ledger and max(m.ledger) = p_ledger
            -- The sums raise when they leave their range.
            and bool_and(m.debits_pending + m.debits_posted <= case
                when (m.flags & 2) <> 0 and m.dp + m.dq > 0 then m.credits_posted - m.cq
                else 9223372036854775807 end)
            and bool_and(m.credits_pending + m.credits_posted <= case
                when (m.flags & 4) <> 0 and m.cp + m.cq > 0 then m.debits_posted - m.dq
                else 9223372036854775807 end),
        array_agg(m.version order by m.id),
        array_agg(m.debits_pending - m.dp order by m.id),
        array_agg(m.debits_posted - m.dq order by m.id),
        array_agg(m.credits_pending - m.cp order by m.id),
        array_agg(m.credits_posted - m.cq order by m.id)
    into sound, versions, debits_pending, debits_posted, credits_pending, credits_posted
    from moved m;
end
$$;

-- Answers the booking times; raises LE002 or unique_violation when it cannot book them all.
create function ledger.book_plain(
    p_tenant uuid, p_ids uuid[], p_debits uuid[], p_credits uuid[], p_amounts bigint[],
    p_ledger integer, p_codes integer[], p_flags integer[], p_user_data_128 uuid[],
    p_user_data_64 bigint[], p_user_data_32 bigint[], p_timeouts bigint[], p_event_at timestamptz[],
    p_why text[], p_where_to text[], p_triggered_by text[], p_now timestamptz
) returns bigint[]
language plpgsql
set enable_nestloop = off
as $$
declare
    v_count    integer := cardinality(p_ids);
    v_accounts uuid[];
    v_entries  bigint[];
    v_dp       bigint[];
    v_dq       bigint[];
    v_cp       bigint[];
    v_cq       bigint[];
    b          record;
    v_times    bigint[];
begin
    select array_agg(s.id), array_agg(s.entries), array_agg(s.dp), array_agg(s.dq),
        array_agg(s.cp), array_agg(s.cq)
    into v_accounts, v_entries, v_dp, v_dq, v_cp, v_cq
    from (
        select l.id, count(*) as entries, ledger.total(l.dp) as dp, ledger.total(l.dq) as dq,
            ledger.total(l.cp) as cp, ledger.total(l.cq) as cq
        from (
            select i.debit as id, case when i.flags & 2 <> 0 then i.amount else 0 end as dp,
                case when i.flags & 2 <> 0 then 0 else i.amount end as dq,
                0::bigint as cp, 0::bigint as cq
            from unnest(p_debits, p_amounts, p_flags) i(debit, amount, flags)
            union all
            select i.credit, 0, 0, case when i.flags & 2 <> 0 then i.amount else 0 end,
                case when i.flags & 2 <> 0 then 0 else i.amount end
            from unnest(p_credits, p_amounts, p_flags) i(credit, amount, flags)
        ) l
        group by l.id
        order by l.id
    ) s;
    select * into b from ledger.move_many(
        p_tenant, p_ledger, v_accounts, v_entries, v_dp, v_dq, v_cp, v_cq
    );
    if b.sound is not true or exists (
        select from ledger.failed_id f where f.tenant_id = p_tenant and f.id = any(p_ids)
    ) then
        raise sqlstate 'LE002';
    end if;

    v_times := ledger.booking_times(v_count);
    -- In order of id, so that two batches with ids in common wait for each other, not in a ring.
    insert into ledger.transfer (
        tenant_id, id, debit_account_id, credit_account_id, amount, timestamp, ledger, code, flags,
        user_data_128, user_data_64, user_data_32, timeout, expires_at, event_at, why, where_to,
        triggered_by
    )
    select p_tenant, i.id, i.debit, i.credit, i.amount, i.time, p_ledger, i.code,
        coalesce(i.flags, 0), nullif(i.user_data_128, '00000000-0000-0000-0000-000000000000'),
        nullif(i.user_data_64, 0), nullif(i.user_data_32, 0), nullif(i.timeout, 0),
        p_now + make_interval(secs => nullif(i.timeout, 0)), i.event_at, i.why, i.where_to,
        i.triggered_by
    from unnest(
        p_ids, p_debits, p_credits, p_amounts, v_times, p_codes, p_flags, p_user_data_128,
        p_user_data_64, p_user_data_32, p_timeouts, p_event_at, p_why, p_where_to, p_triggered_by
    ) i(
        id, debit, credit, amount, time, code, flags, user_data_128, user_data_64, user_data_32,
        timeout, event_at, why, where_to, triggered_by
    )
    order by i.id;

    insert into ledger.entry (
        tenant_id, account_id, transfer_id, version, timestamp, event_at,
        debits_pending, debits_posted, credits_pending, credits_posted
    )
    select p_tenant, l.account_id, l.id, a.version + row_number() over history, l.time, l.event_at,
        a.dp + ledger.total(l.dp) over history, a.dq + ledger.total(l.dq) over history,
        a.cp + ledger.total(l.cp) over history, a.cq + ledger.total(l.cq) over history
    from (
        select i.debit as account_id, i.id, i.time, i.event_at,
            case when i.flags & 2 <> 0 then i.amount else 0 end as dp,
            case when i.flags & 2 <> 0 then 0 else i.amount end as dq,
            0::bigint as cp, 0::bigint as cq
        from unnest(p_debits, p_ids, v_times, p_event_at, p_amounts, p_flags)
            i(debit, id, time, event_at, amount, flags)
        union all
        select i.credit, i.id, i.time, i.event_at, 0, 0,
            case when i.flags & 2 <> 0 then i.amount else 0 end,
            case when i.flags & 2 <> 0 then 0 else i.amount end
        from unnest(p_credits, p_ids, v_times, p_event_at, p_amounts, p_flags)
            i(credit, id, time, event_at, amount, flags)
    ) l
    join unnest(
        v_accounts, b.versions, b.debits_pending, b.debits_posted, b.credits_pending, b.credits_posted
    ) a(id, version, dp, dq, cp, cq) on a.id = l.account_id
    window history as (partition by l.account_id order by l.time rows unbounded preceding);

    if p_timeouts is not null then
        insert into ledger.deadline (tenant_id, expires_at, transfer_id)
        select p_tenant, p_now + make_interval(secs => i.timeout), i.id
        from unnest(p_ids, p_timeouts) i(id, timeout) where i.timeout > 0;
    end if;
    return v_times;
end
$$;

-- Whether a batch is of that plain kind, by what can be seen without looking at any row.
create function ledger.is_plain(
    p_ids uuid[], p_debits uuid[], p_credits uuid[], p_ledgers integer[], p_codes integer[],
    p_flags integer[], p_pending_ids uuid[], p_timeouts bigint[], p_timestamps bigint[],
    p_now timestamptz
) returns boolean
language plpgsql
as $$
begin
    if p_pending_ids is not null or p_timestamps is not null then
        return false;
    end if;
    return (
        select min(i.ledger) = max(i.ledger) and min(i.ledger) > 0 and min(i.code) > 0
            and bool_and(i.debit <> i.credit and i.id is not null
                and i.id <> '00000000-0000-0000-0000-000000000000'
                and i.id <> 'ffffffff-ffff-ffff-ffff-ffffffffffff')
            and count(i.debit) = count(*) and count(i.credit) = count(*)
            and count(i.ledger) = count(*) and count(i.code) = count(*)
            and bool_and(coalesce(i.flags, 0) between 0 and 3)
            and bool_and(coalesce(i.timeout, 0) = 0 or (coalesce(i.flags, 0) & 2 <> 0
                and i.timeout between 1 and 4294967295
                and i.timeout <= 9000000000 - extract(epoch from p_now)))
            and coalesce(p_flags[cardinality(p_ids)] & 1, 0) = 0
        from unnest(p_ids, p_debits, p_credits, p_ledgers, p_codes, p_flags, p_timeouts)
            i(id, debit, credit, ledger, code, flags, timeout)
    );
end
$$;
