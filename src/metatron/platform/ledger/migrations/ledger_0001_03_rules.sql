-- The rules of one transfer, in TigerBeetle's order of precedence. Each answers the name of the first
-- rule broken, NULL when none is. NULL is zero: the nil UUID and 0 are turned into it on the way in.
-- Flags: 1 linked, 2 pending, 4 post, 8 void, 16 balancing debit, 32 balancing credit,
-- 64 closing debit, 128 closing credit.

create function ledger.is_max(p_id uuid) returns boolean
language sql immutable parallel safe
return coalesce(p_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff', false);

create function ledger.refuse_id(p_id uuid, p_flags integer, p_known_flags integer) returns text
language sql immutable
return case
    when (p_flags & ~p_known_flags) <> 0 then 'reserved_flag'
    when p_id is null then 'id_must_not_be_zero'
    when ledger.is_max(p_id) then 'id_must_not_be_int_max'
end;

-- t moves or holds money between two accounts.
create function ledger.refuse_shape(t ledger.transfer) returns text
language sql immutable
return case
    when (t).debit_account_id is null then 'debit_account_id_must_not_be_zero'
    when ledger.is_max((t).debit_account_id) then 'debit_account_id_must_not_be_int_max'
    when (t).credit_account_id is null then 'credit_account_id_must_not_be_zero'
    when ledger.is_max((t).credit_account_id) then 'credit_account_id_must_not_be_int_max'
    when (t).debit_account_id = (t).credit_account_id then 'accounts_must_be_different'
    when (t).pending_id is not null then 'pending_id_must_be_zero'
    when ((t).flags & 2) = 0 and coalesce((t).timeout, 0) <> 0
        then 'timeout_reserved_for_pending_transfer'
    when ((t).flags & 2) = 0 and ((t).flags & 192) <> 0 then 'closing_transfer_must_be_pending'
    when (t).ledger = 0 then 'ledger_must_not_be_zero'
    when (t).code = 0 then 'code_must_not_be_zero'
end;

-- d, c: the accounts of t. Two currencies are two ledgers, whatever their number says.
create function ledger.refuse_accounts(t ledger.transfer, d ledger.account, c ledger.account)
returns text
language sql immutable
return case
    when (d).id is null then 'debit_account_not_found'
    when (c).id is null then 'credit_account_not_found'
    when (d).ledger <> (c).ledger or (d).currency <> (c).currency
        then 'accounts_must_have_the_same_ledger'
    when (t).ledger <> (d).ledger then 'transfer_must_have_the_same_ledger_as_accounts'
    when (d).closed then 'debit_account_already_closed'
    when (c).closed then 'credit_account_already_closed'
end;

-- What t moves: a balancing transfer moves at most what its account still holds.
create function ledger.balanced_amount(t ledger.transfer, d ledger.account, c ledger.account)
returns bigint
language sql immutable
return least(
    (t).amount,
    case when ((t).flags & 16) <> 0
        then greatest((d).credits_posted - (d).debits_posted - (d).debits_pending, 0) end,
    case when ((t).flags & 32) <> 0
        then greatest((c).debits_posted - (c).credits_posted - (c).credits_pending, 0) end
);

-- p_amount: what t would move. p_now: nanoseconds since 1970, from where a timeout runs.
create function ledger.refuse_amount(
    t ledger.transfer, d ledger.account, c ledger.account, p_amount bigint, p_now bigint
) returns text
language sql immutable
return case
    when ((t).flags & 2) <> 0 and p_amount > 9223372036854775807 - (d).debits_pending
        then 'overflows_debits_pending'
    when ((t).flags & 2) <> 0 and p_amount > 9223372036854775807 - (c).credits_pending
        then 'overflows_credits_pending'
    when p_amount > 9223372036854775807 - (d).debits_posted then 'overflows_debits_posted'
    when p_amount > 9223372036854775807 - (c).credits_posted then 'overflows_credits_posted'
    when p_amount > 9223372036854775807 - (d).debits_pending - (d).debits_posted
        then 'overflows_debits'
    when p_amount > 9223372036854775807 - (c).credits_pending - (c).credits_posted
        then 'overflows_credits'
    when coalesce((t).timeout, 0) > (9223372036854775807 - p_now) / 1000000000
        then 'overflows_timeout'
    when ((d).flags & 2) <> 0
        and p_amount > (d).credits_posted - (d).debits_pending - (d).debits_posted
        then 'exceeds_credits'
    when ((c).flags & 4) <> 0
        and p_amount > (c).debits_posted - (c).credits_pending - (c).credits_posted
        then 'exceeds_debits'
end;

-- t posts or voids a pending transfer.
create function ledger.refuse_resolving_shape(t ledger.transfer) returns text
language sql immutable
return case
    when ((t).flags & 12) = 12 or ((t).flags & 242) <> 0 then 'flags_are_mutually_exclusive'
    when (t).pending_id is null then 'pending_id_must_not_be_zero'
    when ledger.is_max((t).pending_id) then 'pending_id_must_not_be_int_max'
    when (t).pending_id = (t).id then 'pending_id_must_be_different'
    when coalesce((t).timeout, 0) <> 0 then 'timeout_reserved_for_pending_transfer'
end;

-- What t posts or voids of p: the largest amount means all when posting, zero means all when voiding.
create function ledger.resolved_amount(t ledger.transfer, p ledger.transfer) returns bigint
language sql immutable
return case
    when ((t).flags & 8) <> 0 and (t).amount = 0 then (p).amount
    when ((t).flags & 4) <> 0 and (t).amount = 9223372036854775807 then (p).amount
    else (t).amount
end;

-- p: the transfer that t names, p_status: how p ended, d and c: its accounts.
create function ledger.refuse_resolving(
    t ledger.transfer, p ledger.transfer, p_status text, d ledger.account, c ledger.account,
    p_now timestamptz
) returns text
language sql immutable
return case
    when (p).id is null then 'pending_transfer_not_found'
    when ((p).flags & 2) = 0 then 'pending_transfer_not_pending'
    when (t).debit_account_id is not null and (t).debit_account_id <> (p).debit_account_id
        then 'pending_transfer_has_different_debit_account_id'
    when (t).credit_account_id is not null and (t).credit_account_id <> (p).credit_account_id
        then 'pending_transfer_has_different_credit_account_id'
    when (t).ledger > 0 and (t).ledger <> (p).ledger then 'pending_transfer_has_different_ledger'
    when (t).code > 0 and (t).code <> (p).code then 'pending_transfer_has_different_code'
    when ledger.resolved_amount(t, p) > (p).amount then 'exceeds_pending_transfer_amount'
    when ((t).flags & 8) <> 0 and ledger.resolved_amount(t, p) < (p).amount
        then 'pending_transfer_has_different_amount'
    when p_status = 'posted' then 'pending_transfer_already_posted'
    when p_status = 'voided' then 'pending_transfer_already_voided'
    when p_status = 'expired' or (p).expires_at <= p_now then 'pending_transfer_expired'
    when (d).closed and ((t).flags & 8) = 0 then 'debit_account_already_closed'
    when (c).closed and ((t).flags & 8) = 0 then 'credit_account_already_closed'
end;

-- t came again under the id of the stored e; p: the pending transfer that both resolve, if they do.
create function ledger.compare_transfer(t ledger.transfer, e ledger.transfer, p ledger.transfer)
returns text
language sql immutable
return case
    when (t).flags <> (e).flags then 'exists_with_different_flags'
    when (t).pending_id is distinct from (e).pending_id then 'exists_with_different_pending_id'
    when coalesce((t).timeout, 0) <> coalesce((e).timeout, 0)
        then 'exists_with_different_timeout'
    when (t).debit_account_id is distinct from (e).debit_account_id
        and not ((p).id is not null and (t).debit_account_id is null)
        then 'exists_with_different_debit_account_id'
    when (t).credit_account_id is distinct from (e).credit_account_id
        and not ((p).id is not null and (t).credit_account_id is null)
        then 'exists_with_different_credit_account_id'
    when case
            when (p).id is not null then ledger.resolved_amount(t, p) <> (e).amount
            -- A balancing transfer asks for an upper limit: a larger one describes the same wish.
            when ((t).flags & 48) <> 0 then (t).amount < (e).amount
            else (t).amount <> (e).amount
        end then 'exists_with_different_amount'
    when coalesce((t).user_data_128, (p).user_data_128) is distinct from (e).user_data_128
        then 'exists_with_different_user_data_128'
    when coalesce((t).user_data_64, (p).user_data_64) is distinct from (e).user_data_64
        then 'exists_with_different_user_data_64'
    when coalesce((t).user_data_32, (p).user_data_32) is distinct from (e).user_data_32
        then 'exists_with_different_user_data_32'
    when (t).ledger <> (e).ledger and not ((p).id is not null and (t).ledger = 0)
        then 'exists_with_different_ledger'
    when (t).code <> (e).code and not ((p).id is not null and (t).code = 0)
        then 'exists_with_different_code'
    else 'exists'
end;

-- Refusals that another moment could decide otherwise: they keep the id, so that a repeat of the same
-- request cannot do later what it was refused before.
create function ledger.keeps_id(p_status text) returns boolean
language sql immutable
return p_status in (
    'debit_account_not_found', 'credit_account_not_found', 'pending_transfer_not_found',
    'exceeds_credits', 'exceeds_debits',
    'debit_account_already_closed', 'credit_account_already_closed'
);

-- The arrays of create_transfers as rows. Zero becomes NULL where zero means "not set"; flags beyond
-- the known ones become one unknown flag, so that they fit.
create function ledger.requested(
    p_tenant uuid, p_ids uuid[], p_debit_account_ids uuid[], p_credit_account_ids uuid[],
    p_amounts bigint[], p_ledgers integer[], p_codes integer[], p_why text[], p_where_to text[],
    p_triggered_by text[], p_flags integer[], p_pending_ids uuid[], p_user_data_128 uuid[],
    p_user_data_64 bigint[], p_user_data_32 bigint[], p_timeouts bigint[], p_event_at timestamptz[],
    p_timestamps bigint[], p_now timestamptz
) returns ledger.transfer[]
language plpgsql stable
as $$
declare
    c_nil constant uuid := '00000000-0000-0000-0000-000000000000';
begin
    return array(
        select row(
            p_tenant, nullif(i.id, c_nil), nullif(i.debit, c_nil), nullif(i.credit, c_nil), i.amount,
            coalesce(i.timestamp, 0), i.ledger, i.code,
            case when i.flags > 255 then 256 | (i.flags & 255) else coalesce(i.flags, 0) end,
            nullif(i.pending_id, c_nil), null, nullif(i.user_data_128, c_nil),
            nullif(i.user_data_64, 0), nullif(i.user_data_32, 0), nullif(i.timeout, 0),
            p_now + make_interval(secs => nullif(i.timeout, 0)), i.event_at,
            i.why, i.where_to, i.triggered_by
        )::ledger.transfer
        from unnest(
            p_ids, p_debit_account_ids, p_credit_account_ids, p_amounts, p_ledgers, p_codes, p_why,
            p_where_to, p_triggered_by, p_flags, p_pending_ids, p_user_data_128, p_user_data_64,
            p_user_data_32, p_timeouts, p_event_at, p_timestamps
        ) i(
            id, debit, credit, amount, ledger, code, why, where_to, triggered_by, flags, pending_id,
            user_data_128, user_data_64, user_data_32, timeout, event_at, timestamp
        )
    );
end
$$;
