-- Seals: one link of a tenant's chain over all transfers and expiries of a stretch of booking time.
-- `marks` are the first 8 bytes of each row's SHA-256, so that a row that changed can be named.
create table ledger.seal (
    tenant_id       uuid        not null,
    sequence        bigint      not null check (sequence > 0),
    after_timestamp bigint      not null,
    to_timestamp    bigint      not null check (to_timestamp > after_timestamp),
    rows            integer     not null check (rows > 0),
    marks           bytea       not null check (length(marks) = 8 * rows),
    digest          bytea       not null check (length(digest) = 32),
    previous_hash   bytea       not null check (length(previous_hash) = 32),
    hash            bytea       not null check (length(hash) = 32),
    sealed_at       timestamptz not null,
    primary key (tenant_id, sequence)
);

-- One row: up to which booking time all is sealed; up to which it can be once every transaction
-- that was in flight when that time was read has ended.
create table ledger.seal_horizon (
    only_row         boolean primary key default true check (only_row),
    sealed_to        bigint not null,
    next_to          bigint not null,
    next_transaction xid8   not null
);
insert into ledger.seal_horizon (sealed_to, next_to, next_transaction) values (0, 0, '0');
grant select, update on ledger.seal_horizon to metatron_system;
grant select on sequence ledger.booking_clock to metatron_system;

create index resolution_expired_ix on ledger.resolution (tenant_id, timestamp)
    where status = 'expired';

-- Which tenants have something to seal, and nothing of what it is.
create policy system on ledger.transfer for all to metatron_system using (true);
grant select (tenant_id, timestamp) on ledger.transfer to metatron_system;
create policy system on ledger.resolution for all to metatron_system using (true);
grant select (tenant_id, timestamp, status) on ledger.resolution to metatron_system;

-- The bound tenant's transfers and expiries after a booking time, with the SHA-256 of each: over
-- the JSON array of its values, instants as microseconds, so that no setting changes it.
create function ledger.row_digests(p_after bigint, p_to bigint, p_most integer)
returns table (at bigint, id uuid, digest bytea)
language sql stable
as $$
    select found.at, found.id, sha256(convert_to(found.content::text, 'UTF8'))
    from (
        select t.timestamp as at, t.id, jsonb_build_array(
            t.id, t.debit_account_id, t.credit_account_id, t.amount, t.timestamp, t.ledger,
            t.code, t.flags, t.pending_id, t.pending_amount, t.user_data_128, t.user_data_64,
            t.user_data_32, t.timeout, (extract(epoch from t.expires_at) * 1000000)::bigint,
            (extract(epoch from t.event_at) * 1000000)::bigint, t.why, t.where_to, t.triggered_by
        ) as content
        from ledger.transfer t
        where t.tenant_id = ledger.bound_tenant()
            and t.timestamp > p_after and t.timestamp <= p_to
        union all
        select r.timestamp, r.pending_id, jsonb_build_array('expired', r.pending_id, r.timestamp)
        from ledger.resolution r
        where r.tenant_id = ledger.bound_tenant() and r.status = 'expired'
            and r.timestamp > p_after and r.timestamp <= p_to
    ) found
    order by found.at, found.id
    limit p_most
$$;
revoke execute on function ledger.row_digests from public;
grant execute on function ledger.row_digests to metatron_app;
