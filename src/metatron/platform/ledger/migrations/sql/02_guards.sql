-- Who may see what, and what may never change.

create function ledger.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'ledger.% is append-only: correct with a new transfer', tg_table_name
        using errcode = 'restrict_violation';
end
$$;

create trigger transfer_append_only before update or delete or truncate on ledger.transfer
    for each statement execute function ledger.refuse_change();
create trigger entry_append_only before update or delete or truncate on ledger.entry
    for each statement execute function ledger.refuse_change();
create trigger resolution_append_only before update or delete or truncate on ledger.resolution
    for each statement execute function ledger.refuse_change();
create trigger failed_id_append_only before update or delete or truncate on ledger.failed_id
    for each statement execute function ledger.refuse_change();
-- On accounts only the balances, the version and the closed mark ever change.
create trigger account_identity_fixed
    before update of tenant_id, id, timestamp, ledger, code, flags, currency,
        user_data_128, user_data_64, user_data_32
    or delete or truncate on ledger.account
    for each statement execute function ledger.refuse_change();

do $$
declare
    v_table text;
begin
    foreach v_table in array array['account', 'transfer', 'entry', 'resolution', 'deadline', 'failed_id']
    loop
        execute format('alter table ledger.%I enable row level security', v_table);
        execute format('alter table ledger.%I force row level security', v_table);
        execute format(
            'create policy tenant on ledger.%I
                using (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))
                with check (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))',
            v_table
        );
    end loop;
end
$$;
