-- Judges a batch item by item under the same locks and books what passes.

create function ledger.by_item(
    p_tenant uuid, p_rows ledger.transfer[], p_now timestamptz
) returns table (item integer, status text, "timestamp" bigint)
language plpgsql
as $$
declare
    v_count       integer := cardinality(p_rows);
    v_account_ids uuid[];
    v_accounts    ledger.account[];
    v_requests    ledger.request[];
    v_slots       ledger.slot[];
    v_out         ledger.outcome;
    v_times       bigint[];
begin
    v_account_ids := array(
        select u.id from (
            select r.debit_account_id from unnest(p_rows) r
            union select r.credit_account_id from unnest(p_rows) r
            union select u.account_id
            from unnest(p_rows) r
            join ledger.transfer p on p.tenant_id = p_tenant and p.id = r.pending_id
            cross join unnest(array[p.debit_account_id, p.credit_account_id]) u(account_id)
        ) u(id)
        where u.id is not null
        order by u.id
    );
    -- NULL stands in the place of an account that there is none of.
    v_accounts := array(
        select a
        from unnest(v_account_ids) with ordinality u(id, place)
        left join (select l as a from unnest(ledger.lock_accounts(p_tenant, v_account_ids)) l) l
            on (l.a).id = u.id
        order by u.place
    );
    v_times := ledger.booking_times(v_count);
    -- What is known of every id the batch names, in order of id.
    v_slots := array(
        select row(t, f.id is not null, s.status)::ledger.slot
        from (
            select r.id from unnest(p_rows) r where r.id is not null
            union select r.pending_id from unnest(p_rows) r where r.pending_id is not null
        ) u(id)
        left join ledger.transfer t on t.tenant_id = p_tenant and t.id = u.id
        left join ledger.failed_id f on f.tenant_id = p_tenant and f.id = u.id
        left join ledger.resolution s on s.tenant_id = p_tenant and s.pending_id = u.id
        order by u.id
    );
    v_requests := array(
        with slot as (
            select u.id, row_number() over (order by u.id) as place
            from (
                select r.id from unnest(p_rows) r where r.id is not null
                union select r.pending_id from unnest(p_rows) r where r.pending_id is not null
            ) u(id)
        ),
        account as (
            select u.id, u.place from unnest(v_account_ids) with ordinality u(id, place)
        )
        select row(r, s.place, h.place, d.place, c.place)::ledger.request
        from generate_subscripts(p_rows, 1) i
        cross join lateral (select p_rows[i] as r offset 0) x
        left join slot s on s.id = (r).id
        left join slot h on h.id = (r).pending_id
        left join ledger.transfer p
            on p.tenant_id = p_tenant and p.id = (r).pending_id and ((r).flags & 12) <> 0
        left join account d on d.id = case when ((r).flags & 12) = 0
            then (r).debit_account_id else p.debit_account_id end
        left join account c on c.id = case when ((r).flags & 12) = 0
            then (r).credit_account_id else p.credit_account_id end
        order by i
    );

    v_out := ledger.judge_items(v_requests, v_slots, v_account_ids, v_accounts, v_times, p_now);
    if cardinality(v_out.booked) > 0 then
        perform ledger.book(p_tenant, v_out.booked);
        update ledger.account a set closed = n.closed
        from unnest(v_out.accounts) n
        where a.tenant_id = p_tenant and a.id = n.id and a.closed <> n.closed;
    end if;
    insert into ledger.failed_id (tenant_id, id, status, timestamp)
    select p_tenant, r.id, v_out.statuses[i.i], v_times[i.i]
    from generate_subscripts(p_rows, 1) i
    cross join lateral (select (p_rows[i.i]).id) r
    where ledger.keeps_id(v_out.statuses[i.i])
    on conflict do nothing;
    return query
    select i.i, v_out.statuses[i.i], v_out.times[i.i] from generate_series(1, v_count) i(i);
end
$$;
