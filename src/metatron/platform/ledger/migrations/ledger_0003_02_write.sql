-- Booking and points in time with event times in a table of their own.

-- Moves the balances by the transfers' amounts and appends two entries for each, in order of time.
-- pending: hold. post (4): release the whole hold, move the amount. void (8): release the hold.
create or replace function ledger.move(p_tenant uuid, p_rows ledger.transfer[]) returns void
language plpgsql
as $$
begin
    with item as materialized (
        select r.id, r.timestamp, r.event_at, r.debit_account_id, r.credit_account_id,
            case when (r.flags & 2) <> 0 then r.amount
                when (r.flags & 12) <> 0 then -r.pending_amount
                else 0 end as pending,
            case when (r.flags & 10) <> 0 then 0 else r.amount end as posted
        from unnest(p_rows) r
    ),
    leg as materialized (
        select debit_account_id as account_id, id, timestamp, event_at,
            pending as debits_pending, posted as debits_posted,
            0::bigint as credits_pending, 0::bigint as credits_posted
        from item
        union all
        select credit_account_id, id, timestamp, event_at, 0, 0, pending, posted
        from item
    ),
    change as (
        select account_id, count(*) as entries,
            ledger.total(debits_pending) as debits_pending,
            ledger.total(debits_posted) as debits_posted,
            ledger.total(credits_pending) as credits_pending,
            ledger.total(credits_posted) as credits_posted
        from leg
        group by account_id
    ),
    -- Answers the balances as they were before.
    base as (
        update ledger.account a set
            debits_pending = a.debits_pending + c.debits_pending,
            debits_posted = a.debits_posted + c.debits_posted,
            credits_pending = a.credits_pending + c.credits_pending,
            credits_posted = a.credits_posted + c.credits_posted,
            version = a.version + c.entries
        from change c
        where a.tenant_id = p_tenant and a.id = c.account_id
        returning a.id,
            a.version - c.entries as version,
            a.debits_pending - c.debits_pending as debits_pending,
            a.debits_posted - c.debits_posted as debits_posted,
            a.credits_pending - c.credits_pending as credits_pending,
            a.credits_posted - c.credits_posted as credits_posted
    ),
    numbered as materialized (
        select leg.account_id, leg.id, leg.timestamp, leg.event_at,
            base.version + row_number() over history as version,
            base.debits_pending + ledger.total(leg.debits_pending) over history as debits_pending,
            base.debits_posted + ledger.total(leg.debits_posted) over history as debits_posted,
            base.credits_pending + ledger.total(leg.credits_pending) over history
                as credits_pending,
            base.credits_posted + ledger.total(leg.credits_posted) over history as credits_posted
        from leg
        join base on base.id = leg.account_id
        window history as (
            partition by leg.account_id order by leg.timestamp rows unbounded preceding
        )
    ),
    dated as (
        insert into ledger.entry_event (tenant_id, account_id, version, event_at)
        select p_tenant, n.account_id, n.version, n.event_at
        from numbered n where n.event_at is not null
    )
    insert into ledger.entry (
        tenant_id, account_id, transfer_id, version, timestamp,
        debits_pending, debits_posted, credits_pending, credits_posted
    )
    select p_tenant, n.account_id, n.id, n.version, n.timestamp,
        n.debits_pending, n.debits_posted, n.credits_pending, n.credits_posted
    from numbered n;
end
$$;

-- By event time: what had happened by p_event_at, as far as it was booked by p_known_at. An entry
-- counts at its event time where it has one of its own: those booked later but dated before are
-- added to the books of that moment, those dated later are taken away.
create or replace function ledger.balance_happened(
    p_account_id uuid, p_event_at timestamptz, p_known_at bigint default 9223372036854775807
) returns ledger.balance
language plpgsql stable
as $$
declare
    v_tenant uuid := ledger.bound_tenant();
    v_moment bigint := least((extract(epoch from p_event_at) * 1000000)::bigint * 1000, p_known_at);
    v_base   ledger.balance := ledger.balance_booked(p_account_id, v_moment);
    v_change ledger.balance;
begin
    select coalesce(sum(s.sign * (e.debits_pending - coalesce(b.debits_pending, 0))), 0),
        coalesce(sum(s.sign * (e.debits_posted - coalesce(b.debits_posted, 0))), 0),
        coalesce(sum(s.sign * (e.credits_pending - coalesce(b.credits_pending, 0))), 0),
        coalesce(sum(s.sign * (e.credits_posted - coalesce(b.credits_posted, 0))), 0)
    into v_change
    from ledger.entry_event x
    join ledger.entry e
        on e.tenant_id = x.tenant_id and e.account_id = x.account_id and e.version = x.version
    left join ledger.entry b
        on b.tenant_id = e.tenant_id and b.account_id = e.account_id and b.version = e.version - 1
    cross join lateral (
        select case
            when e.timestamp > v_moment and x.event_at <= p_event_at then 1
            when e.timestamp <= v_moment and x.event_at > p_event_at then -1
        end as sign
    ) s
    where x.tenant_id = v_tenant and x.account_id = p_account_id
        and e.timestamp <= p_known_at and s.sign is not null;
    return row(
        v_base.debits_pending + v_change.debits_pending,
        v_base.debits_posted + v_change.debits_posted,
        v_base.credits_pending + v_change.credits_pending,
        v_base.credits_posted + v_change.credits_posted
    )::ledger.balance;
end
$$;
