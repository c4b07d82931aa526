-- The ledger's tables. Balances change in one place only (ledger.account); all else is appended.
-- Zero in TigerBeetle's sense ("not set") is NULL here, so that unused fields take no space.
-- No check constraints and foreign keys on the hot tables: PostgreSQL parses every check anew for
-- every statement, which made one transfer a third slower, and a foreign key locks its account once
-- more. The functions are the only way in, and checks.py finds what broke a rule in spite of them.

-- Booking time in nanoseconds since 1970; see the next script for how it follows the clock.
create sequence ledger.booking_clock as bigint minvalue 1;

create table ledger.account (
    tenant_id       uuid     not null,
    id              uuid     not null,
    debits_pending  bigint   not null default 0,
    debits_posted   bigint   not null default 0,
    credits_pending bigint   not null default 0,
    credits_posted  bigint   not null default 0,
    version         bigint   not null default 0,  -- of its newest entry; 0: nothing booked yet
    timestamp       bigint   not null,            -- booking time of its creation
    ledger          integer  not null,
    code            integer  not null,
    flags           smallint not null,            -- as given at creation
    closed          boolean  not null,            -- now; the flag "closed" as TigerBeetle reports it
    currency        text     not null,            -- ISO 4217 or the name of another unit
    user_data_128   uuid,
    user_data_64    bigint,
    user_data_32    bigint,
    primary key (tenant_id, id)
) with (fillfactor = 80);  -- room on the page, so that balance updates stay on it (HOT)

create index account_user_data_128 on ledger.account (tenant_id, user_data_128)
    where user_data_128 is not null;

-- A transfer is written once. A post or a void is a transfer of its own that names the pending one.
create table ledger.transfer (
    tenant_id         uuid     not null,
    id                uuid     not null,
    debit_account_id  uuid     not null,
    credit_account_id uuid     not null,
    amount            bigint   not null,  -- what was moved or held (may be less than was asked)
    timestamp         bigint   not null,  -- booking time
    ledger            integer  not null,
    code              integer  not null,
    flags             smallint not null,
    pending_id        uuid,
    pending_amount    bigint,             -- of the pending transfer that this one resolves
    user_data_128     uuid,
    user_data_64      bigint,
    user_data_32      bigint,
    timeout           bigint,             -- seconds
    expires_at        timestamptz,
    event_at          timestamptz,        -- when it happened, where that is not the booking time
    why               text     not null,
    where_to          text     not null,
    triggered_by      text     not null,
    primary key (tenant_id, id)
);

create index transfer_timestamp on ledger.transfer using brin (tenant_id, timestamp);

-- The balance of one account after each thing that touched it, numbered without gaps.
-- An expiry books an entry too: its transfer_id is the pending transfer, its timestamp its own.
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
    event_at        timestamptz,
    primary key (tenant_id, account_id, version)
);

-- Only entries whose event time differs from their booking time: the rest need no second order.
create index entry_event_at on ledger.entry (tenant_id, account_id, event_at)
    where event_at is not null;

-- How a pending transfer ended. The key makes a second ending impossible.
create table ledger.resolution (
    tenant_id   uuid   not null,
    pending_id  uuid   not null,
    status      text   not null check (status in ('posted', 'voided', 'expired')),
    transfer_id uuid   check ((transfer_id is null) = (status = 'expired')),
    timestamp   bigint not null,
    primary key (tenant_id, pending_id)
);

-- Pending transfers that still can expire: a work queue, rows leave it.
create table ledger.deadline (
    tenant_id   uuid        not null,
    expires_at  timestamptz not null,
    transfer_id uuid        not null,
    primary key (tenant_id, expires_at, transfer_id)
);

-- Ids whose transfer was refused for a reason that may pass; they stay refused.
create table ledger.failed_id (
    tenant_id uuid   not null,
    id        uuid   not null,
    status    text   not null,
    timestamp bigint not null,
    primary key (tenant_id, id)
);
