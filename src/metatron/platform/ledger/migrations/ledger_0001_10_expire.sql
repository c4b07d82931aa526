-- Releases pending transfers whose timeout is over at p_now, oldest first, at most p_limit of them,
-- and opens the accounts they had closed. Answers what was released; safe to run twice at once.
create function ledger.expire_pending(p_now timestamptz, p_limit integer default 1000)
returns table (transfer_id uuid, "timestamp" bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    v_tenant uuid := ledger.bound_tenant();
    v_holds  ledger.transfer[];
    v_ended  uuid[];
    v_times  bigint[];
begin
    v_holds := array(
        select t from ledger.transfer t
        where t.tenant_id = v_tenant and t.id = any(array(
            select d.transfer_id from ledger.deadline d
            where d.tenant_id = v_tenant and d.expires_at <= p_now
            order by d.expires_at, d.transfer_id
            limit p_limit
        ))
    );
    perform ledger.lock_accounts(v_tenant, array(
        select h.debit_account_id from unnest(v_holds) h
        union
        select h.credit_account_id from unnest(v_holds) h
    ));
    -- What was resolved while we waited for the locks is no longer due.
    v_ended := array(
        select s.pending_id from ledger.resolution s
        where s.tenant_id = v_tenant
            and s.pending_id = any(array(select h.id from unnest(v_holds) h))
    );
    v_holds := array(
        select v_holds[i.i] from generate_subscripts(v_holds, 1) i(i)
        where (v_holds[i.i]).id <> all(v_ended)
        order by (v_holds[i.i]).expires_at, (v_holds[i.i]).id
    );
    if cardinality(v_holds) = 0 then
        return;
    end if;
    v_times := ledger.booking_times(cardinality(v_holds));

    update ledger.account a set closed = false
    where a.tenant_id = v_tenant and a.closed and a.id = any(array(
        select h.debit_account_id from unnest(v_holds) h where (h.flags & 64) <> 0
        union all
        select h.credit_account_id from unnest(v_holds) h where (h.flags & 128) <> 0
    ));
    insert into ledger.resolution (tenant_id, pending_id, status, transfer_id, timestamp)
    select v_tenant, (v_holds[i.i]).id, 'expired', null, v_times[i.i]
    from generate_subscripts(v_holds, 1) i(i);
    delete from ledger.deadline d using unnest(v_holds) h
    where d.tenant_id = v_tenant and d.expires_at = h.expires_at and d.transfer_id = h.id;

    -- The balances move as if each had been voided, when its time was over.
    for i in 1 .. cardinality(v_holds) loop
        v_holds[i].flags := 8;
        v_holds[i].pending_amount := v_holds[i].amount;
        v_holds[i].timestamp := v_times[i];
        v_holds[i].event_at := v_holds[i].expires_at;
    end loop;
    perform ledger.move(v_tenant, v_holds);
    return query select (v_holds[i.i]).id, v_times[i.i] from generate_subscripts(v_holds, 1) i(i);
end
$$;
