-- The item-by-item path: for batches in which something is refused or items depend on each other.
-- It works on copies of the locked rows; what it lets pass is booked afterwards in one go.

-- A transfer as it came in, with the places of its parts in the arrays below (NULL: no such row).
create type ledger.request as (
    t         ledger.transfer,
    slot      integer,  -- of its id
    hold_slot integer,  -- of its pending_id
    debit     integer,  -- of its accounts; of the pending transfer's accounts when it resolves one
    credit    integer
);

-- What is known of one transfer id.
create type ledger.slot as (
    stored ledger.transfer,
    failed boolean,
    status text              -- how a pending transfer ended, NULL while it is open
);

create type ledger.outcome as (
    statuses text[],
    times    bigint[],
    booked   ledger.transfer[],  -- in order of booking time
    accounts ledger.account[]    -- as they are afterwards
);

-- One account after t (p: the pending transfer it resolves); p_sign -1 takes it back.
create function ledger.moved(
    a ledger.account, t ledger.transfer, p ledger.transfer, p_debit boolean, p_sign integer
) returns ledger.account
language plpgsql immutable
as $$
declare
    v_pending bigint := p_sign * case
        when (t.flags & 2) <> 0 then t.amount when (t.flags & 12) <> 0 then -t.pending_amount else 0 end;
    v_posted  bigint := p_sign * case when (t.flags & 10) <> 0 then 0 else t.amount end;
begin
    if p_debit then
        a.debits_pending := a.debits_pending + v_pending;
        a.debits_posted := a.debits_posted + v_posted;
    else
        a.credits_pending := a.credits_pending + v_pending;
        a.credits_posted := a.credits_posted + v_posted;
    end if;
    -- A closing hold closes, its void opens again.
    if (t.flags & case when p_debit then 64 else 128 end) <> 0 then
        a.closed := p_sign > 0;
    elsif (t.flags & 8) <> 0 and (p.flags & case when p_debit then 64 else 128 end) <> 0 then
        a.closed := p_sign < 0;
    end if;
    return a;
end
$$;

-- t as it is stored when it moves p_amount; p: the pending transfer it resolves, all NULL otherwise.
create function ledger.as_stored(
    t ledger.transfer, p ledger.transfer, p_amount bigint, p_time bigint
) returns ledger.transfer
language plpgsql immutable
as $$
begin
    t.amount := p_amount;
    t.timestamp := p_time;
    if p.id is not null then
        t.pending_amount := p.amount;
        t.debit_account_id := p.debit_account_id;
        t.credit_account_id := p.credit_account_id;
        t.ledger := p.ledger;
        t.code := p.code;
        t.user_data_128 := coalesce(t.user_data_128, p.user_data_128);
        t.user_data_64 := coalesce(t.user_data_64, p.user_data_64);
        t.user_data_32 := coalesce(t.user_data_32, p.user_data_32);
    end if;
    return t;
end
$$;

-- The name of the first rule that t breaks, 'exists...' for a repeat, 'created' when it may pass.
create function ledger.judge(
    t ledger.transfer, p_slot ledger.slot, p_hold ledger.slot,
    d ledger.account, c ledger.account, p_now timestamptz
) returns text
language plpgsql
as $$
declare
    v_now    bigint := (extract(epoch from p_now) * 1000000)::bigint * 1000;
    v_status text;
begin
    v_status := ledger.refuse_id(t.id, t.flags, 255);
    if v_status is not null then
        return v_status;
    elsif (p_slot.stored).id is not null then
        return ledger.compare_transfer(t, p_slot.stored, p_hold.stored);
    elsif p_slot.failed then
        return 'id_already_failed';
    elsif (t.flags & 12) <> 0 then
        return coalesce(
            ledger.refuse_resolving_shape(t),
            ledger.refuse_resolving(t, p_hold.stored, p_hold.status, d, c, p_now),
            'created'
        );
    end if;
    return coalesce(
        ledger.refuse_shape(t),
        ledger.refuse_accounts(t, d, c),
        ledger.refuse_amount(t, d, c, ledger.balanced_amount(t, d, c), v_now),
        'created'
    );
end
$$;

-- p_account_ids: the places of the accounts in p_accounts.
create function ledger.judge_items(
    p_requests ledger.request[], p_slots ledger.slot[], p_account_ids uuid[],
    p_accounts ledger.account[], p_times bigint[], p_now timestamptz
) returns ledger.outcome
language plpgsql
as $$
declare
    c_none     constant ledger.slot := row(null, false, null)::ledger.slot;
    v_count    constant integer := cardinality(p_requests);
    v_statuses text[] := array_fill(null::text, array[v_count]);
    v_stored   ledger.transfer[] := array_fill(null::ledger.transfer, array[v_count]);
    v_chain    integer;  -- first item of the chain we are in
    v_broken   boolean := false;
    v_linked   boolean;
    v_status   text;
    v_amount   bigint;
    r          ledger.request;
    t          ledger.transfer;
    s          ledger.slot;
    p          ledger.slot;
begin
    for i in 1 .. v_count loop
        r := p_requests[i];
        t := r.t;
        s := coalesce(p_slots[r.slot], c_none);
        p := coalesce(p_slots[r.hold_slot], c_none);
        if (t.flags & 12) <> 0 and r.debit is null then
            -- The pending transfer, if there is one, came earlier in this batch, or came into sight
            -- while we waited for locks; then its accounts may not be locked: begin again.
            r.debit := array_position(p_account_ids, (p.stored).debit_account_id);
            r.credit := array_position(p_account_ids, (p.stored).credit_account_id);
            if (p.stored).id is not null and (r.debit is null or r.credit is null) then
                raise unique_violation using message = 'a pending transfer was just booked';
            end if;
            p_requests[i] := r;
        end if;
        v_linked := (t.flags & 1) <> 0;
        if v_linked and v_chain is null then
            v_chain := i;
        end if;
        v_status := case
            when v_linked and i = v_count then 'linked_event_chain_open'
            when v_broken then 'linked_event_failed'
            when t.timestamp <> 0 then 'timestamp_must_be_zero'
            else ledger.judge(t, s, p, p_accounts[r.debit], p_accounts[r.credit], p_now)
        end;

        if v_status = 'created' then
            v_amount := case when (t.flags & 12) <> 0 then ledger.resolved_amount(t, p.stored)
                else ledger.balanced_amount(t, p_accounts[r.debit], p_accounts[r.credit]) end;
            t := ledger.as_stored(t, p.stored, v_amount, p_times[i]);
            v_stored[i] := t;
            s.stored := t;
            p_slots[r.slot] := s;
            if (t.flags & 12) <> 0 then
                p.status := case when (t.flags & 4) <> 0 then 'posted' else 'voided' end;
                p_slots[r.hold_slot] := p;
            end if;
            p_accounts[r.debit] := ledger.moved(p_accounts[r.debit], t, p.stored, true, 1);
            p_accounts[r.credit] := ledger.moved(p_accounts[r.credit], t, p.stored, false, 1);
        elsif v_chain is not null and not v_broken then
            v_broken := true;
            for j in reverse i - 1 .. v_chain loop
                r := p_requests[j];
                t := v_stored[j];
                p := coalesce(p_slots[r.hold_slot], c_none);
                p_accounts[r.debit] := ledger.moved(p_accounts[r.debit], t, p.stored, true, -1);
                p_accounts[r.credit] := ledger.moved(p_accounts[r.credit], t, p.stored, false, -1);
                if (t.flags & 12) <> 0 then
                    p.status := null;
                    p_slots[r.hold_slot] := p;
                end if;
                p_slots[r.slot] := c_none;
                v_stored[j] := null;
                v_statuses[j] := 'linked_event_failed';
            end loop;
        end if;

        v_statuses[i] := v_status;
        if v_status = 'exists' then
            p_times[i] := (s.stored).timestamp;
        elsif ledger.keeps_id(v_status) then
            p_slots[p_requests[i].slot] := row(null, true, null)::ledger.slot;
        end if;
        if not v_linked or v_status = 'linked_event_chain_open' then
            v_chain := null;
            v_broken := false;
        end if;
    end loop;
    return row(
        v_statuses, p_times,
        array(select u from unnest(v_stored) u where (u).id is not null order by (u).timestamp),
        p_accounts
    )::ledger.outcome;
end
$$;
