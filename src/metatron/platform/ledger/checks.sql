-- Every rule selects what breaks it: the row's id as subject, and what is wrong as detail. The
-- numbers are the invariants of the specification. Row-level security binds all to one tenant.

-- rule 1: in each ledger and currency debits equal credits, pending and posted each
select null::uuid as subject, format(
    'ledger %s %s: pending %s to %s, posted %s to %s', ledger, currency,
    sum(debits_pending), sum(credits_pending), sum(debits_posted), sum(credits_posted)
) as detail
from ledger.account
group by ledger, currency
having sum(debits_pending) <> sum(credits_pending) or sum(debits_posted) <> sum(credits_posted)

-- rule 1: every transfer has one entry on each of its two accounts
select t.id as subject, format('%s entries', count(e.account_id)) as detail
from ledger.transfer t
left join ledger.entry e
    on e.tenant_id = t.tenant_id and e.transfer_id = t.id and e.timestamp = t.timestamp
    and e.account_id in (t.debit_account_id, t.credit_account_id)
group by t.tenant_id, t.id
having count(distinct e.account_id) <> 2 or count(*) <> 2

-- rule 2: an entry continues the one before by what its transfer says
select s.account_id as subject, format('version %s', s.version) as detail
from (
    select e.account_id, e.version, e.timestamp,
        lag(e.version, 1, 0::bigint) over history as version_before,
        lag(e.timestamp, 1, a.timestamp) over history as timestamp_before,
        e.debits_pending - lag(e.debits_pending, 1, 0::bigint) over history as debits_pending,
        e.debits_posted - lag(e.debits_posted, 1, 0::bigint) over history as debits_posted,
        e.credits_pending - lag(e.credits_pending, 1, 0::bigint) over history as credits_pending,
        e.credits_posted - lag(e.credits_posted, 1, 0::bigint) over history as credits_posted,
        case when t.debit_account_id = e.account_id then 1 else 0 end as debit,
        case when t.credit_account_id = e.account_id then 1 else 0 end as credit,
        case
            when t.timestamp <> e.timestamp then -t.amount
            when t.flags & 2 <> 0 then t.amount
            when t.flags & 12 <> 0 then -t.pending_amount
            else 0
        end as pending,
        case when t.timestamp <> e.timestamp or t.flags & 10 <> 0 then 0 else t.amount end as posted
    from ledger.entry e
    left join ledger.account a on a.tenant_id = e.tenant_id and a.id = e.account_id
    left join ledger.transfer t on t.tenant_id = e.tenant_id and t.id = e.transfer_id
    window history as (partition by e.account_id order by e.version)
) s
where s.version <> s.version_before + 1
    or s.timestamp <= s.timestamp_before
    or (s.debits_pending, s.debits_posted, s.credits_pending, s.credits_posted) is distinct from
        (s.debit * s.pending, s.debit * s.posted, s.credit * s.pending, s.credit * s.posted)

-- rule 2: an account's balance is that of its newest entry
select a.id as subject, format('version %s', a.version) as detail
from ledger.account a
left join lateral (
    select * from ledger.entry e
    where e.tenant_id = a.tenant_id and e.account_id = a.id
    order by e.version desc
    limit 1
) e on true
where (
    a.version, a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted
) is distinct from (
    coalesce(e.version, 0), coalesce(e.debits_pending, 0), coalesce(e.debits_posted, 0),
    coalesce(e.credits_pending, 0), coalesce(e.credits_posted, 0)
)

-- rule 3: no limited account went below zero, pending amounts counted, and no balance at all did
select a.id as subject, format('version %s', e.version) as detail
from ledger.entry e
join ledger.account a on a.tenant_id = e.tenant_id and a.id = e.account_id
where (a.flags & 2 <> 0 and e.debits_pending + e.debits_posted > e.credits_posted)
    or (a.flags & 4 <> 0 and e.credits_pending + e.credits_posted > e.debits_posted)
    or least(e.debits_pending, e.debits_posted, e.credits_pending, e.credits_posted) < 0

-- rule 4: a pending transfer ends once, by the transfer that says so, within its amount
select p.id as subject, format('%s, %s endings', coalesce(s.status, 'open'), r.endings) as detail
from ledger.transfer p
left join ledger.resolution s on s.tenant_id = p.tenant_id and s.pending_id = p.id
left join (
    select pending_id, count(*) as endings, max(amount) as amount,
        bool_or(flags & 4 <> 0) as posts, bool_or(flags & 8 <> 0) as voids
    from ledger.transfer where pending_id is not null group by pending_id
) r on r.pending_id = p.id
where p.flags & 2 <> 0 and (
    coalesce(r.endings, 0) > 1
    or (coalesce(r.endings, 0) = 1) <> coalesce(s.status in ('posted', 'voided'), false)
    or (coalesce(r.posts, false)) <> coalesce(s.status = 'posted', false)
    or (coalesce(r.voids, false)) <> coalesce(s.status = 'voided', false)
    or (s.status = 'expired' and p.expires_at is null)
    or r.amount > p.amount
)

-- rule 4: what ends a pending transfer names one, with its accounts, ledger and code
select r.id as subject, 'names ' || coalesce(r.pending_id::text, 'none') as detail
from ledger.transfer r
left join ledger.transfer p on p.tenant_id = r.tenant_id and p.id = r.pending_id
where (r.flags & 12 <> 0 or r.pending_id is not null) and (
    p.id is null or p.flags & 2 = 0 or r.flags & 12 not in (4, 8)
    or r.pending_amount <> p.amount or r.timestamp <= p.timestamp
    or (r.debit_account_id, r.credit_account_id, r.ledger, r.code)
        <> (p.debit_account_id, p.credit_account_id, p.ledger, p.code)
)

-- rule 4: what an account holds pending is the sum of its open holds
select a.id as subject, format('%s and %s', a.debits_pending, a.credits_pending) as detail
from ledger.account a
left join (
    select h.account_id, sum(h.debit) as debits, sum(h.credit) as credits
    from ledger.transfer p
    left join ledger.resolution s on s.tenant_id = p.tenant_id and s.pending_id = p.id
    cross join lateral (
        values (p.debit_account_id, p.amount, 0::bigint), (p.credit_account_id, 0, p.amount)
    ) h(account_id, debit, credit)
    where p.flags & 2 <> 0 and s.pending_id is null
    group by h.account_id
) o on o.account_id = a.id
where a.debits_pending <> coalesce(o.debits, 0) or a.credits_pending <> coalesce(o.credits, 0)

-- rule 4: an open hold that can expire is in the queue, and nothing else is
select coalesce(p.id, d.transfer_id) as subject, 'deadline' as detail
from (
    select p.id, p.expires_at
    from ledger.transfer p
    left join ledger.resolution s on s.tenant_id = p.tenant_id and s.pending_id = p.id
    where p.expires_at is not null and s.pending_id is null
) p
full join ledger.deadline d on d.transfer_id = p.id and d.expires_at = p.expires_at
where p.id is null or d.transfer_id is null

-- rule 10: no id was both booked and refused for good
select t.id as subject, f.status as detail
from ledger.transfer t
join ledger.failed_id f on f.tenant_id = t.tenant_id and f.id = t.id

-- rule 15: a transfer joins two accounts of its tenant, in one ledger and one currency
select t.id as subject, format('ledger %s, %s %s to %s %s',
    t.ledger, d.ledger, d.currency, c.ledger, c.currency) as detail
from ledger.transfer t
left join ledger.account d on d.tenant_id = t.tenant_id and d.id = t.debit_account_id
left join ledger.account c on c.tenant_id = t.tenant_id and c.id = t.credit_account_id
where (t.ledger, t.ledger, d.currency) is distinct from (d.ledger, c.ledger, c.currency)
    or d.id = c.id

-- rule 15: an entry belongs to an account and a transfer of its tenant
select e.transfer_id as subject, format('account %s, version %s', e.account_id, e.version) as detail
from ledger.entry e
left join ledger.account a on a.tenant_id = e.tenant_id and a.id = e.account_id
left join ledger.transfer t on t.tenant_id = e.tenant_id and t.id = e.transfer_id
    and e.account_id in (t.debit_account_id, t.credit_account_id)
where a.id is null or t.id is null

-- rule 0: every transfer tells why, where to and what triggered it
select t.id as subject, 'no story' as detail
from ledger.transfer t
where '' in (trim(t.why), trim(t.where_to), trim(t.triggered_by))
