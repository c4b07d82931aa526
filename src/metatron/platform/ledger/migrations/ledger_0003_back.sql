-- Entries with their event times in the row, as before.
alter table ledger.entry no force row level security;
alter table ledger.entry_event no force row level security;
alter table ledger.entry rename to entry_before;
alter table ledger.entry_before rename constraint entry_pkey to entry_before_pkey;

create table ledger.entry (
    tenant_id       uuid   not null,
    account_id      uuid   not null,
    transfer_id     uuid   not null,
    version         bigint not null,
    timestamp       bigint not null,
    debits_pending  bigint not null,
    debits_posted   bigint not null,
    credits_pending bigint not null,
    credits_posted  bigint not null,
    event_at        timestamptz
);

insert into ledger.entry
select e.tenant_id, e.account_id, e.transfer_id, e.version, e.timestamp, e.debits_pending,
    e.debits_posted, e.credits_pending, e.credits_posted, x.event_at
from ledger.entry_before e
left join ledger.entry_event x
    on x.tenant_id = e.tenant_id and x.account_id = e.account_id and x.version = e.version;

drop table ledger.entry_before;
drop table ledger.entry_event;
alter table ledger.entry add primary key (tenant_id, account_id, version);
create index entry_event_at on ledger.entry (tenant_id, account_id, event_at)
    where event_at is not null;
