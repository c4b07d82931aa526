-- Judges a batch item by item under the same locks and books what passes.

-- What is known of each of the ids, in their order.
create function ledger.slots(p_tenant uuid, p_ids uuid[]) returns ledger.slot[]
language plpgsql
set enable_nestloop = off
as $$
begin
    return array(
        select row(t.t, f.id is not null, s.status)::ledger.slot
        from unnest(p_ids) with ordinality u(id, place)
        left join (
            select t.id, t from ledger.transfer t where t.tenant_id = p_tenant and t.id = any(p_ids)
        ) t on t.id = u.id
        left join (
            select f.id from ledger.failed_id f where f.tenant_id = p_tenant and f.id = any(p_ids)
        ) f on f.id = u.id
        left join (
            select s.pending_id as id, s.status from ledger.resolution s
            where s.tenant_id = p_tenant and s.pending_id = any(p_ids)
        ) s on s.id = u.id
        order by u.place
    );
end
$$;

-- The locked accounts in the places of their ids; NULL in the place of one that there is not.
create function ledger.placed_accounts(p_tenant uuid, p_ids uuid[]) returns ledger.account[]
language plpgsql
set enable_nestloop = off
as $$
declare
    v_locked ledger.account[] := ledger.lock_accounts(p_tenant, p_ids);
begin
    return array(
        select a.a
        from unnest(p_ids) with ordinality u(id, place)
        left join (
            select (v_locked[i.i]).id, v_locked[i.i] as a
            from generate_subscripts(v_locked, 1) i(i) offset 0
        ) a on a.id = u.id
        order by u.place
    );
end
$$;

-- The rows with the places of their ids and accounts. A post or void has the accounts of its hold; of
-- a hold that is not among p_holds (it may come earlier in the batch) they are left open.
create function ledger.requests(
    p_rows ledger.transfer[], p_ids uuid[], p_account_ids uuid[], p_holds ledger.transfer[]
) returns ledger.request[]
language plpgsql
set enable_nestloop = off
as $$
begin
    return array(
        with slot as (
            select u.id, u.place::integer from unnest(p_ids) with ordinality u(id, place)
        ),
        account as (
            select u.id, u.place::integer from unnest(p_account_ids) with ordinality u(id, place)
        ),
        item as (
            select i.i, p_rows[i.i] as r, (p_rows[i.i]).id, (p_rows[i.i]).pending_id as hold,
                ((p_rows[i.i]).flags & 12) <> 0 as resolves
            from generate_subscripts(p_rows, 1) i(i)
            offset 0
        )
        select row(n.r, s.place, h.place, d.place, c.place)::ledger.request
        from item n
        left join slot s on s.id = n.id
        left join slot h on h.id = n.hold
        left join unnest(p_holds) p on p.id = n.hold
        left join account d on d.id = case when n.resolves
            then p.debit_account_id else (n.r).debit_account_id end
        left join account c on c.id = case when n.resolves
            then p.credit_account_id else (n.r).credit_account_id end
        order by n.i
    );
end
$$;

create function ledger.by_item(
    p_tenant uuid, p_rows ledger.transfer[], p_now timestamptz
) returns table (item integer, status text, "timestamp" bigint)
language plpgsql
as $$
declare
    v_ids         uuid[];
    v_holds       ledger.transfer[] := ledger.holds_of(p_tenant, p_rows);
    v_account_ids uuid[];
    v_accounts    ledger.account[];
    v_times       bigint[];
    v_out         ledger.outcome;
begin
    v_ids := array(
        select r.id from unnest(p_rows) r where r.id is not null
        union
        select r.pending_id from unnest(p_rows) r where r.pending_id is not null
    );
    v_account_ids := array(
        select u.id from (
            select r.debit_account_id from unnest(p_rows) r
            union select r.credit_account_id from unnest(p_rows) r
            union select h.debit_account_id from unnest(v_holds) h
            union select h.credit_account_id from unnest(v_holds) h
        ) u(id)
        where u.id is not null
        order by u.id
    );
    v_accounts := ledger.placed_accounts(p_tenant, v_account_ids);
    v_times := ledger.booking_times(cardinality(p_rows));

    v_out := ledger.judge_items(
        ledger.requests(p_rows, v_ids, v_account_ids, v_holds),
        ledger.slots(p_tenant, v_ids), v_account_ids, v_accounts, v_times, p_now
    );
    if cardinality(v_out.booked) > 0 then
        perform ledger.book(p_tenant, v_out.booked);
        update ledger.account a set closed = n.closed
        from unnest(v_out.accounts) n
        where a.tenant_id = p_tenant and a.id = n.id and a.closed <> n.closed;
    end if;
    insert into ledger.failed_id (tenant_id, id, status, timestamp)
    select p_tenant, (p_rows[i.i]).id, v_out.statuses[i.i], v_times[i.i]
    from generate_subscripts(p_rows, 1) i(i)
    where ledger.keeps_id(v_out.statuses[i.i])
    on conflict do nothing;
    return query
    select i.i, v_out.statuses[i.i], v_out.times[i.i] from generate_subscripts(p_rows, 1) i(i);
end
$$;
