-- One transfer on its own, in the door itself: a call, a cursor and three composite variables less. It
-- is written for few expressions and small statements: in a transaction of its own, what these cost to
-- start is most of what a transfer costs. At the first doubt nothing stays written, and create_transfers
-- says which rule it was.

-- Posts or voids; answers the booking time, NULL when it is for create_transfers to judge.
create or replace function ledger.end_one(
    p_tenant uuid, p_id uuid, p_debit uuid, p_credit uuid, p_amount bigint, p_ledger integer,
    p_code integer, p_why text, p_where_to text, p_triggered_by text, p_flags integer,
    p_pending_id uuid, p_user_data_128 uuid, p_user_data_64 bigint, p_user_data_32 bigint,
    p_event_at timestamptz, p_now timestamptz
) returns bigint
language plpgsql
as $$
declare
    v_posted bigint;
    v_time   bigint;
    h        ledger.transfer;
    v_sound  boolean;
    -- What each side's balances are afterwards: d of the debit account, c of the credit account.
    d_version         bigint;
    d_debits_pending  bigint;
    d_debits_posted   bigint;
    d_credits_pending bigint;
    d_credits_posted  bigint;
    c_version         bigint;
    c_debits_pending  bigint;
    c_debits_posted   bigint;
    c_credits_pending bigint;
    c_credits_posted  bigint;
begin
    -- A transfer never changes: no lock is needed to read it. One that closed an account is not for here.
    select t.* into h from ledger.transfer t
    where t.tenant_id = p_tenant and t.id = p_pending_id and t.id <> p_id
        and t.flags & 194 = 2 and (t.expires_at is null or t.expires_at > p_now)
        and coalesce(p_debit = t.debit_account_id, true)
        and coalesce(p_credit = t.credit_account_id, true)
        and p_ledger in (0, t.ledger) and p_code in (0, t.code)
        and case p_flags when 8 then p_amount in (0, t.amount)
            else p_amount <= t.amount or p_amount = 9223372036854775807 end;
    if not found then
        return null;
    end if;
    v_posted := case p_flags when 4 then least(p_amount, h.amount) else 0 end;
    with moved as (
        update ledger.account a set
            debits_pending = a.debits_pending
                - case when a.id = h.debit_account_id then h.amount else 0 end,
            debits_posted = a.debits_posted
                + case when a.id = h.debit_account_id then v_posted else 0 end,
            credits_pending = a.credits_pending
                - case when a.id = h.credit_account_id then h.amount else 0 end,
            credits_posted = a.credits_posted
                + case when a.id = h.credit_account_id then v_posted else 0 end,
            version = a.version + 1
        where a.tenant_id = p_tenant and a.id in (h.debit_account_id, h.credit_account_id)
        returning a.id, a.version, a.debits_pending, a.debits_posted, a.credits_pending,
            a.credits_posted, a.currency, p_flags = 8 or not a.closed as sound
    )
    select d.sound and c.sound and d.currency = c.currency,
        d.version, d.debits_pending, d.debits_posted, d.credits_pending, d.credits_posted,
        c.version, c.debits_pending, c.debits_posted, c.credits_pending, c.credits_posted
    into v_sound, d_version, d_debits_pending, d_debits_posted, d_credits_pending,
        d_credits_posted, c_version, c_debits_pending, c_debits_posted, c_credits_pending,
        c_credits_posted
    from (select) one
    left join moved d on d.id = h.debit_account_id
    left join moved c on c.id = h.credit_account_id;
    if v_sound then
        v_time := ledger.follow_clock();
        -- What else decides is read by statements after the lock: whoever ends a hold has its accounts.
        insert into ledger.transfer (
            tenant_id, id, debit_account_id, credit_account_id, amount, timestamp, ledger, code,
            flags, pending_id, pending_amount, user_data_128, user_data_64, user_data_32, event_at,
            why, where_to, triggered_by
        )
        select p_tenant, p_id, h.debit_account_id, h.credit_account_id,
            case p_flags when 4 then v_posted else h.amount end, v_time, h.ledger, h.code,
            p_flags, h.id, h.amount, coalesce(p_user_data_128, h.user_data_128),
            coalesce(p_user_data_64, h.user_data_64), coalesce(p_user_data_32, h.user_data_32),
            p_event_at, p_why, p_where_to, p_triggered_by
        where not exists (
            select from ledger.failed_id f where f.tenant_id = p_tenant and f.id = p_id
        ) and not exists (
            select from ledger.resolution s where s.tenant_id = p_tenant and s.pending_id = h.id
        )
        on conflict do nothing;
        if found then
            insert into ledger.resolution (tenant_id, pending_id, status, transfer_id, timestamp)
            values (p_tenant, h.id, case p_flags when 4 then 'posted' else 'voided' end, p_id, v_time);
            insert into ledger.entry (
                tenant_id, account_id, transfer_id, version, timestamp,
                debits_pending, debits_posted, credits_pending, credits_posted
            ) values
                (p_tenant, h.debit_account_id, p_id, d_version, v_time,
                    d_debits_pending, d_debits_posted, d_credits_pending, d_credits_posted),
                (p_tenant, h.credit_account_id, p_id, c_version, v_time,
                    c_debits_pending, c_debits_posted, c_credits_pending, c_credits_posted);
            if p_event_at is not null then
                insert into ledger.entry_event (tenant_id, account_id, version, event_at)
                values (p_tenant, h.debit_account_id, d_version, p_event_at),
                    (p_tenant, h.credit_account_id, c_version, p_event_at);
            end if;
            if h.expires_at is not null then
                delete from ledger.deadline q
                where q.tenant_id = p_tenant and q.expires_at = h.expires_at and q.transfer_id = h.id;
            end if;
            return v_time;
        end if;
    end if;
    perform ledger.unmove(
        p_tenant, array[
            case when d_version is not null then h.debit_account_id end,
            case when c_version is not null then h.credit_account_id end
        ], h.debit_account_id, -h.amount, v_posted
    );
    return null;
end
$$;

-- The door for one transfer: the meaning of its arguments and its answer are those of create_transfers.
create or replace function ledger.create_transfer(
    p_id                uuid,
    p_debit_account_id  uuid,
    p_credit_account_id uuid,
    p_amount            bigint,
    p_ledger            integer,
    p_code              integer,
    p_why               text,
    p_where_to          text,
    p_triggered_by      text,
    p_flags             integer default 0,
    p_pending_id        uuid default null,
    p_user_data_128     uuid default null,
    p_user_data_64      bigint default null,
    p_user_data_32      bigint default null,
    p_timeout           bigint default null,
    p_event_at          timestamptz default null,
    p_timestamp         bigint default null,
    p_now               timestamptz default null,
    out status          text,
    out "timestamp"     bigint
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    c_nil    constant uuid := '00000000-0000-0000-0000-000000000000';
    v_tenant constant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    v_pending    bigint;
    v_posted     bigint;
    v_expires_at timestamptz;
    v_time       bigint;
    v_sound      boolean;
    -- What each side's balances are afterwards: d of the debit account, c of the credit account.
    d_version         bigint;
    d_debits_pending  bigint;
    d_debits_posted   bigint;
    d_credits_pending bigint;
    d_credits_posted  bigint;
    c_version         bigint;
    c_debits_pending  bigint;
    c_debits_posted   bigint;
    c_credits_pending bigint;
    c_credits_posted  bigint;
begin
    -- Values that mean "nothing" or are out of the ordinary are left to the other door.
    if p_amount >= 0 and p_why <> '' and p_where_to <> '' and p_triggered_by <> ''
        and p_id > c_nil and p_id < 'ffffffff-ffff-ffff-ffff-ffffffffffff'
        and p_timestamp is null and v_tenant is not null
        and coalesce(p_user_data_128 > c_nil, true) and coalesce(p_user_data_64 > 0, true)
        and coalesce(p_user_data_32 > 0, true) then
        if p_flags in (0, 2) and p_debit_account_id <> p_credit_account_id and p_code > 0
            and p_pending_id is null and (p_timeout is null
                or (p_flags = 2 and p_timeout between 1 and 4294967295 and p_now is not null)) then
            if p_flags = 2 then
                v_pending := p_amount;
                v_posted := 0;
                if p_timeout is not null then
                    v_expires_at := p_now + make_interval(secs => p_timeout);
                end if;
            else
                v_pending := 0;
                v_posted := p_amount;
            end if;
            -- Locks both in order of id: an index scan over (tenant_id, id) answers in that order,
            -- and no other is left to the planner. A row that somebody else had locked is judged
            -- anew after the wait, in its newest version, for WHERE and SET look at nothing but the
            -- row. The rules are looked at afterwards: a row left out here would be locked later,
            -- out of order.
            with moved as (
                update ledger.account a set
                    debits_pending = a.debits_pending
                        + case when a.id = p_debit_account_id then v_pending else 0 end,
                    debits_posted = a.debits_posted
                        + case when a.id = p_debit_account_id then v_posted else 0 end,
                    credits_pending = a.credits_pending
                        + case when a.id = p_credit_account_id then v_pending else 0 end,
                    credits_posted = a.credits_posted
                        + case when a.id = p_credit_account_id then v_posted else 0 end,
                    version = a.version + 1
                where a.tenant_id = v_tenant and a.id in (p_debit_account_id, p_credit_account_id)
                    and p_amount <= 9223372036854775807 - greatest(
                        a.debits_pending + a.debits_posted, a.credits_pending + a.credits_posted)
                returning a.id, a.version, a.debits_pending, a.debits_posted, a.credits_pending,
                    a.credits_posted, a.currency, a.ledger = p_ledger and not a.closed and case
                        when a.id = p_debit_account_id then (a.flags & 2) = 0
                            or a.debits_pending + a.debits_posted <= a.credits_posted
                        else (a.flags & 4) = 0
                            or a.credits_pending + a.credits_posted <= a.debits_posted
                    end as sound
            )
            select d.sound and c.sound and d.currency = c.currency,
                d.version, d.debits_pending, d.debits_posted, d.credits_pending, d.credits_posted,
                c.version, c.debits_pending, c.debits_posted, c.credits_pending, c.credits_posted
            into v_sound, d_version, d_debits_pending, d_debits_posted, d_credits_pending,
                d_credits_posted, c_version, c_debits_pending, c_debits_posted, c_credits_pending,
                c_credits_posted
            from (select) one
            left join moved d on d.id = p_debit_account_id
            left join moved c on c.id = p_credit_account_id;
            if v_sound then
                v_time := ledger.follow_clock();
                insert into ledger.transfer (
                    tenant_id, id, debit_account_id, credit_account_id, amount, timestamp, ledger,
                    code, flags, user_data_128, user_data_64, user_data_32, timeout, expires_at,
                    event_at, why, where_to, triggered_by
                )
                select v_tenant, p_id, p_debit_account_id, p_credit_account_id, p_amount, v_time,
                    p_ledger, p_code, p_flags, p_user_data_128, p_user_data_64, p_user_data_32,
                    p_timeout, v_expires_at, p_event_at, p_why, p_where_to, p_triggered_by
                where not exists (
                    select from ledger.failed_id f where f.tenant_id = v_tenant and f.id = p_id
                )
                on conflict do nothing;
                if found then
                    insert into ledger.entry (
                        tenant_id, account_id, transfer_id, version, timestamp,
                        debits_pending, debits_posted, credits_pending, credits_posted
                    ) values
                        (v_tenant, p_debit_account_id, p_id, d_version, v_time, d_debits_pending,
                            d_debits_posted, d_credits_pending, d_credits_posted),
                        (v_tenant, p_credit_account_id, p_id, c_version, v_time, c_debits_pending,
                            c_debits_posted, c_credits_pending, c_credits_posted);
                    if p_timeout is not null then
                        insert into ledger.deadline (tenant_id, expires_at, transfer_id)
                        values (v_tenant, v_expires_at, p_id);
                    end if;
                    if p_event_at is not null then
                        insert into ledger.entry_event (tenant_id, account_id, version, event_at)
                        values (v_tenant, p_debit_account_id, d_version, p_event_at),
                            (v_tenant, p_credit_account_id, c_version, p_event_at);
                    end if;
                    status := 'created';
                    "timestamp" := v_time;
                    return;
                end if;
            end if;
            perform ledger.unmove(
                v_tenant, array[
                    case when d_version is not null then p_debit_account_id end,
                    case when c_version is not null then p_credit_account_id end
                ], p_debit_account_id, v_pending, v_posted
            );
        elsif p_flags in (4, 8) and p_timeout is null then
            "timestamp" := ledger.end_one(
                v_tenant, p_id, nullif(p_debit_account_id, c_nil),
                nullif(p_credit_account_id, c_nil), p_amount, p_ledger, p_code, p_why, p_where_to,
                p_triggered_by, p_flags, p_pending_id, p_user_data_128, p_user_data_64,
                p_user_data_32, p_event_at, coalesce(p_now, clock_timestamp())
            );
        end if;
        if "timestamp" is not null then
            status := 'created';
            return;
        end if;
    end if;
    select t.status, t.timestamp into status, "timestamp"
    from ledger.create_transfers(
        array[p_id], array[p_debit_account_id], array[p_credit_account_id], array[p_amount],
        array[p_ledger], array[p_code], array[p_why], array[p_where_to], array[p_triggered_by],
        array[p_flags], array[p_pending_id], array[p_user_data_128], array[p_user_data_64],
        array[p_user_data_32], array[p_timeout], array[p_event_at], array[p_timestamp], p_now
    ) t;
end
$$;
