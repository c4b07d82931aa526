-- The fast paths: they book when every rule is plainly kept and answer NULL, having written nothing,
-- at the first doubt. Which rule it was is for the item-by-item path to say.

-- The accounts, locked in order of id, so that no two callers wait for each other in a ring. Under
-- read committed a lock that had to wait answers its row's newest version, and nothing but these
-- rows is read here: whatever else is looked at (ids, holds) is read by a later statement, because
-- the snapshot of this one may be older than its locks.
create function ledger.lock_accounts(p_tenant uuid, p_ids uuid[]) returns ledger.account[]
language plpgsql
as $$
begin
    return array(
        select a from ledger.account a
        where a.tenant_id = p_tenant and a.id = any(p_ids)
        order by a.id
        for no key update
    );
end
$$;

-- One transfer that moves or holds. Answers its booking time.
create function ledger.try_single(p_tenant uuid, t ledger.transfer) returns bigint
language plpgsql
as $$
declare
    v_hold boolean := t.flags = 2;
begin
    if (t.flags <> 0 and not v_hold) or t.pending_id is not null or t.timestamp <> 0
        or t.timeout is not null or t.code = 0 or t.id is null
        or t.id = 'ffffffff-ffff-ffff-ffff-ffffffffffff' then
        return null;
    end if;
    perform from (
        select a.* from ledger.account a
        where a.tenant_id = p_tenant and a.id in (t.debit_account_id, t.credit_account_id)
        order by a.id
        for no key update
    ) a
    having count(*) = 2 and min(a.currency) = max(a.currency) and bool_and(
        a.ledger = t.ledger and not a.closed and t.amount <= case
            when a.id = t.debit_account_id then
                case when (a.flags & 2) <> 0 then a.credits_posted else 9223372036854775807 end
                - a.debits_pending - a.debits_posted
            else
                case when (a.flags & 4) <> 0 then a.debits_posted else 9223372036854775807 end
                - a.credits_pending - a.credits_posted
        end
    );
    if not found then
        return null;
    end if;

    t.timestamp := ledger.follow_clock();
    with stored as (
        insert into ledger.transfer (
            tenant_id, id, debit_account_id, credit_account_id, amount, timestamp, ledger, code,
            flags, user_data_128, user_data_64, user_data_32, event_at, why, where_to, triggered_by
        )
        select p_tenant, t.id, t.debit_account_id, t.credit_account_id, t.amount, t.timestamp,
            t.ledger, t.code, t.flags, t.user_data_128, t.user_data_64, t.user_data_32, t.event_at,
            t.why, t.where_to, t.triggered_by
        where not exists (
            select from ledger.failed_id f where f.tenant_id = p_tenant and f.id = t.id
        )
        on conflict do nothing
        returning id
    ),
    balance as (
        update ledger.account a set
            debits_pending = a.debits_pending
                + case when a.id = t.debit_account_id and v_hold then t.amount else 0 end,
            debits_posted = a.debits_posted
                + case when a.id = t.debit_account_id and not v_hold then t.amount else 0 end,
            credits_pending = a.credits_pending
                + case when a.id = t.credit_account_id and v_hold then t.amount else 0 end,
            credits_posted = a.credits_posted
                + case when a.id = t.credit_account_id and not v_hold then t.amount else 0 end,
            version = a.version + 1
        from stored
        where a.tenant_id = p_tenant and a.id in (t.debit_account_id, t.credit_account_id)
        returning a.*
    )
    insert into ledger.entry (
        tenant_id, account_id, transfer_id, version, timestamp, event_at,
        debits_pending, debits_posted, credits_pending, credits_posted
    )
    select p_tenant, b.id, t.id, b.version, t.timestamp, t.event_at,
        b.debits_pending, b.debits_posted, b.credits_pending, b.credits_posted
    from balance b;
    return case when found then t.timestamp end;
end
$$;

-- The pending transfers that the rows post or void. They never change: no lock is needed.
create function ledger.holds_of(p_tenant uuid, p_rows ledger.transfer[]) returns ledger.transfer[]
language plpgsql
as $$
begin
    return array(
        select p from ledger.transfer p
        where p.tenant_id = p_tenant and p.id = any(array(
            select r.pending_id from unnest(p_rows) r
            where (r.flags & 12) <> 0 and r.pending_id is not null
        ))
    );
end
$$;

-- The posts and voids among the rows completed from the pending transfers they name; rows that name
-- none, or name it wrongly, are left out. (Arrays are of unknown length to the planner, which might
-- loop over them in each other: hence no nested loops where two of them are joined.)
create function ledger.with_holds(
    p_rows ledger.transfer[], p_holds ledger.transfer[], p_now timestamptz
) returns ledger.transfer[]
language plpgsql
set enable_nestloop = off
as $$
begin
    return array(
        select case when (x.r).flags & 12 = 0 then x.r
            else ledger.as_stored(x.r, p, ledger.resolved_amount(x.r, p), 0) end
        from (
            select i.i, p_rows[i.i] as r, (p_rows[i.i]).pending_id as hold
            from generate_subscripts(p_rows, 1) i(i)
            offset 0
        ) x
        left join unnest(p_holds) p on p.id = x.hold and (p.flags & 194) = 2
        where ((x.r).flags & 12) = 0 or coalesce(
            ledger.refuse_resolving_shape(x.r),
            ledger.refuse_resolving(x.r, p, null, null::ledger.account, null::ledger.account, p_now)
        ) is null
        order by x.i
    );
end
$$;

-- Whether the rows keep every rule, given their locked accounts. A limit counts as kept only if it
-- holds without the batch's own contributions to the other side: then it holds in every order. Ids
-- that are taken are left to the keys.
create function ledger.set_is_sound(
    p_tenant uuid, p_rows ledger.transfer[], p_accounts ledger.account[], p_now timestamptz
) returns boolean
language plpgsql
set enable_nestloop = off
as $$
begin
    return (
        with account as materialized (
            select a.id, a.ledger, a.currency,
                case when (a.flags & 2) <> 0
                    then a.credits_posted - a.debits_pending - a.debits_posted end as debit_room,
                case when (a.flags & 4) <> 0
                    then a.debits_posted - a.credits_pending - a.credits_posted end as credit_room,
                greatest(a.debits_pending + a.debits_posted, a.credits_pending + a.credits_posted)
                    as used
            from unnest(p_accounts) a
            where not a.closed
        ),
        item as materialized (
            select r.id, r.pending_id, r.amount, (r.flags & 12) <> 0 as resolves,
                d.id as debit, d.debit_room, c.id as credit, c.credit_room,
                greatest(d.used, c.used) as used
            from unnest(p_rows) r
            join account d on d.id = r.debit_account_id
            join account c on c.id = r.credit_account_id
            where d.ledger = r.ledger and c.ledger = r.ledger and d.currency = c.currency
                and d.id <> c.id and r.code > 0 and r.timestamp = 0
                and r.id < 'ffffffff-ffff-ffff-ffff-ffffffffffff'
                and case
                    when (r.flags & 12) <> 0 then true
                    when (r.flags & 2) <> 0 then r.pending_id is null and (r.timeout is null
                        or r.timeout <= 9000000000 - extract(epoch from p_now))
                    else r.pending_id is null and r.timeout is null
                end
        )
        select count(*) = cardinality(p_rows)
            and sum(i.amount) <= 9223372036854775807 - max(i.used)
            and not exists (
                select from item i where i.debit_room is not null and not i.resolves
                group by i.debit having sum(i.amount) > min(i.debit_room)
            )
            and not exists (
                select from item i where i.credit_room is not null and not i.resolves
                group by i.credit having sum(i.amount) > min(i.credit_room)
            )
            and not exists (
                select from ledger.failed_id f
                where f.tenant_id = p_tenant and f.id = any(array(select i.id from item i))
            )
            and not exists (
                select from ledger.resolution s
                where s.tenant_id = p_tenant and s.pending_id = any(array(
                    select i.pending_id from item i where i.pending_id is not null
                ))
            )
        from item i
    );
end
$$;

-- Many transfers at once, without balancing and closing ones. Answers the transfers as they are to be
-- stored, their accounts locked.
create function ledger.try_set(
    p_tenant uuid, p_rows ledger.transfer[], p_now timestamptz
) returns ledger.transfer[]
language plpgsql
as $$
declare
    v_count    integer := cardinality(p_rows);
    v_rows     ledger.transfer[] := p_rows;
    v_flags    integer;
    v_accounts ledger.account[];
    v_times    bigint[];
begin
    select bit_or(r.flags) into v_flags from unnest(p_rows) r;
    if v_flags > 15 or (p_rows[v_count].flags & 1) <> 0 then
        return null;
    elsif (v_flags & 12) <> 0 then
        v_rows := ledger.with_holds(p_rows, ledger.holds_of(p_tenant, p_rows), p_now);
        if cardinality(v_rows) < v_count then
            return null;
        end if;
    end if;
    v_accounts := ledger.lock_accounts(p_tenant, array(
        select r.debit_account_id from unnest(v_rows) r
        union
        select r.credit_account_id from unnest(v_rows) r
    ));
    if not ledger.set_is_sound(p_tenant, v_rows, v_accounts, p_now) then
        return null;
    end if;
    v_times := ledger.booking_times(v_count);
    for i in 1 .. v_count loop
        v_rows[i].timestamp := v_times[i];
    end loop;
    return v_rows;
end
$$;
