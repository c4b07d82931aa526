-- Balances as they were. Read-only; row-level security binds them to the caller's tenant.

-- The newest entry of an account at a booking time, 0 before its first. Versions have no gaps and
-- their times ascend, so that halving finds it.
create function ledger.version_at(p_account_id uuid, p_timestamp bigint) returns bigint
language plpgsql stable
as $$
declare
    v_tenant uuid := ledger.bound_tenant();
    v_low    bigint := 0;  -- is not later
    v_high   bigint;       -- is later
    v_middle bigint;
begin
    select a.version + 1 into v_high
    from ledger.account a where a.tenant_id = v_tenant and a.id = p_account_id;
    while v_high - v_low > 1 loop
        v_middle := (v_low + v_high) / 2;
        if (
            select e.timestamp <= p_timestamp from ledger.entry e
            where e.tenant_id = v_tenant and e.account_id = p_account_id and e.version = v_middle
        ) then
            v_low := v_middle;
        else
            v_high := v_middle;
        end if;
    end loop;
    return v_low;
end
$$;

create type ledger.balance as (
    debits_pending  bigint,
    debits_posted   bigint,
    credits_pending bigint,
    credits_posted  bigint
);

-- By booking time: what the books said then.
create function ledger.balance_booked(p_account_id uuid, p_timestamp bigint) returns ledger.balance
language sql stable
as $$
    select row(
        coalesce(max(e.debits_pending), 0), coalesce(max(e.debits_posted), 0),
        coalesce(max(e.credits_pending), 0), coalesce(max(e.credits_posted), 0)
    )::ledger.balance
    from ledger.entry e
    where e.tenant_id = ledger.bound_tenant() and e.account_id = p_account_id
        and e.version = ledger.version_at(p_account_id, p_timestamp)
$$;

-- By event time: what had happened by p_event_at, as far as it was booked by p_known_at. An entry
-- counts at its event time where it has one of its own: those booked later but dated before are
-- added to the books of that moment, those dated later are taken away.
create function ledger.balance_happened(
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
    from ledger.entry e
    left join ledger.entry b
        on b.tenant_id = e.tenant_id and b.account_id = e.account_id and b.version = e.version - 1
    cross join lateral (
        select case
            when e.timestamp > v_moment and e.event_at <= p_event_at then 1
            when e.timestamp <= v_moment and e.event_at > p_event_at then -1
        end as sign
    ) s
    where e.tenant_id = v_tenant and e.account_id = p_account_id and e.event_at is not null
        and e.timestamp <= p_known_at and s.sign is not null;
    return row(
        v_base.debits_pending + v_change.debits_pending,
        v_base.debits_posted + v_change.debits_posted,
        v_base.credits_pending + v_change.credits_pending,
        v_base.credits_posted + v_change.credits_posted
    )::ledger.balance;
end
$$;
