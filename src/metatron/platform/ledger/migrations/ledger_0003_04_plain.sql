-- Many transfers that only move or hold, in one ledger and one currency, booked at their booking time:
-- one statement for all of them. Doubt raises LE002, which takes everything back; the caller then goes
-- the way of ledger.try_set.

-- Whether a batch is of that plain kind, by what can be seen without looking at any row.
create or replace function ledger.is_plain(
    p_ids uuid[], p_debits uuid[], p_credits uuid[], p_amounts bigint[], p_ledgers integer[],
    p_codes integer[], p_flags integer[], p_pending_ids uuid[], p_timeouts bigint[],
    p_event_at timestamptz[], p_timestamps bigint[], p_now timestamptz
) returns boolean
language plpgsql
as $$
declare
    v_count constant integer := cardinality(p_ids);
begin
    if p_pending_ids is null and p_timestamps is null and p_event_at is null
        and p_ledgers[1] > 0 and p_ledgers[1] = all(p_ledgers) and 0 < all(p_codes)
        and '00000000-0000-0000-0000-000000000000' < all(p_ids)
        and 'ffffffff-ffff-ffff-ffff-ffffffffffff' > all(p_ids)
        and (p_flags is null
            or (0 <= all(p_flags) and 3 >= all(p_flags) and p_flags[v_count] & 1 = 0))
        and v_count = cardinality(p_debits) and v_count = cardinality(p_credits)
        and v_count = cardinality(p_amounts) and v_count = cardinality(p_ledgers)
        and v_count = cardinality(p_codes) and v_count = coalesce(cardinality(p_flags), v_count) then
        return p_timeouts is null or (
            select bool_and(coalesce(i.timeout, 0) = 0 or (coalesce(i.flags, 0) & 2 <> 0
                and i.timeout between 1 and 4294967295
                and i.timeout <= 9000000000 - extract(epoch from p_now)))
            from unnest(p_flags, p_timeouts) i(flags, timeout)
        );
    end if;
    return false;
end
$$;

-- Answers the booking times; raises LE002 or unique_violation when it cannot book them all.
-- The arrays are read by place: a deconstructed array answers at once, and a row source of fifteen
-- arrays would copy each of them first. Merge joins alone: they answer in order of id, and so the accounts
-- are locked.
create or replace function ledger.book_plain(
    p_tenant uuid, p_ids uuid[], p_debits uuid[], p_credits uuid[], p_amounts bigint[],
    p_ledger integer, p_codes integer[], p_flags integer[], p_user_data_128 uuid[],
    p_user_data_64 bigint[], p_user_data_32 bigint[], p_timeouts bigint[],
    p_why text[], p_where_to text[], p_triggered_by text[], p_now timestamptz
) returns bigint[]
language plpgsql
set enable_nestloop = off
set enable_hashjoin = off
as $$
declare
    v_count constant integer := cardinality(p_ids);
    v_times bigint[];
    v_apart boolean;
begin
    with change as (
        select l.id, count(*) as entries, ledger.total(l.dp) as dp, ledger.total(l.dq) as dq,
            ledger.total(l.cp) as cp, ledger.total(l.cq) as cq
        from (
            select p_debits[g.i] as id,
                case when p_flags[g.i] & 2 <> 0 then p_amounts[g.i] else 0 end as dp,
                case when p_flags[g.i] & 2 <> 0 then 0 else p_amounts[g.i] end as dq,
                0::bigint as cp, 0::bigint as cq
            from generate_series(1, v_count) g(i)
            union all
            select p_credits[g.i], 0, 0,
                case when p_flags[g.i] & 2 <> 0 then p_amounts[g.i] else 0 end,
                case when p_flags[g.i] & 2 <> 0 then 0 else p_amounts[g.i] end
            from generate_series(1, v_count) g(i)
        ) l
        group by l.id
        order by l.id
    ),
    -- Answers the balances as they were before. A limit counts as kept only if it holds without the
    -- batch's other side. The sums raise when they leave their range.
    moved as (
        update ledger.account a set
            debits_pending = a.debits_pending + c.dp,
            debits_posted = a.debits_posted + c.dq,
            credits_pending = a.credits_pending + c.cp,
            credits_posted = a.credits_posted + c.cq,
            version = a.version + c.entries
        from change c
        where a.tenant_id = p_tenant and a.id = any(p_debits || p_credits) and a.id = c.id
        returning a.id, a.currency, a.version - c.entries as version,
            a.debits_pending - c.dp as dp, a.debits_posted - c.dq as dq,
            a.credits_pending - c.cp as cp, a.credits_posted - c.cq as cq,
            not a.closed and a.ledger = p_ledger
                and a.debits_pending + a.debits_posted <= case
                    when (a.flags & 2) <> 0 and c.dp + c.dq > 0 then a.credits_posted - c.cq
                    else 9223372036854775807 end
                and a.credits_pending + a.credits_posted <= case
                    when (a.flags & 4) <> 0 and c.cp + c.cq > 0 then a.debits_posted - c.dq
                    else 9223372036854775807 end as sound
    ),
    -- One row if all may pass: only after every account is locked are the times drawn.
    passed as materialized (
        select ledger.follow_clock() as begun
        from moved m
        having bool_and(m.sound) and min(m.currency) = max(m.currency)
            and count(*) = (select count(*) from change)
    ),
    item as materialized (
        select g.i as place, nextval('ledger.booking_clock') as time, p_ids[g.i] as id,
            p_debits[g.i] as debit, p_credits[g.i] as credit,
            case when p_flags[g.i] & 2 <> 0 then p_amounts[g.i] else 0 end as pending,
            case when p_flags[g.i] & 2 <> 0 then 0 else p_amounts[g.i] end as posted
        from passed, generate_series(1, v_count) g(i)
    ),
    -- In order of id, so that two batches with ids in common wait for each other, not in a ring.
    stored as (
        insert into ledger.transfer (
            tenant_id, id, debit_account_id, credit_account_id, amount, timestamp, ledger, code,
            flags, user_data_128, user_data_64, user_data_32, timeout, expires_at, why, where_to,
            triggered_by
        )
        select p_tenant, i.id, i.debit, i.credit, p_amounts[i.place], i.time, p_ledger,
            p_codes[i.place], coalesce(p_flags[i.place], 0),
            nullif(p_user_data_128[i.place], '00000000-0000-0000-0000-000000000000'),
            nullif(p_user_data_64[i.place], 0), nullif(p_user_data_32[i.place], 0),
            nullif(p_timeouts[i.place], 0),
            p_now + make_interval(secs => nullif(p_timeouts[i.place], 0)),
            p_why[i.place], p_where_to[i.place], p_triggered_by[i.place]
        from item i
        order by i.id
    ),
    noted as (
        insert into ledger.entry (
            tenant_id, account_id, transfer_id, version, timestamp,
            debits_pending, debits_posted, credits_pending, credits_posted
        )
        select p_tenant, l.account_id, l.id, m.version + row_number() over history, l.time,
            m.dp + ledger.total(l.dp) over history, m.dq + ledger.total(l.dq) over history,
            m.cp + ledger.total(l.cp) over history, m.cq + ledger.total(l.cq) over history
        from (
            select i.debit as account_id, i.id, i.time, i.pending as dp, i.posted as dq,
                0::bigint as cp, 0::bigint as cq
            from item i
            union all
            select i.credit, i.id, i.time, 0, 0, i.pending, i.posted from item i
        ) l
        join moved m on m.id = l.account_id
        window history as (partition by l.account_id order by l.time rows unbounded preceding)
    )
    select array_agg(i.time), bool_and(i.debit <> i.credit) into v_times, v_apart from item i;
    -- What may have come while the accounts were waited for is looked at by a statement of its own.
    if v_apart is not true or exists (
        select from ledger.failed_id f where f.tenant_id = p_tenant and f.id = any(p_ids)
    ) then
        raise sqlstate 'LE002';
    end if;
    if p_timeouts is not null then
        insert into ledger.deadline (tenant_id, expires_at, transfer_id)
        select p_tenant, p_now + make_interval(secs => i.timeout), i.id
        from unnest(p_ids, p_timeouts) i(id, timeout) where i.timeout > 0;
    end if;
    return v_times;
end
$$;

