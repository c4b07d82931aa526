"""What a migration says to put a table under the tenant policy (house rules of tenancy)."""

from collections.abc import Callable, Sequence

TENANT_TEST = "tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)"
"""USING and WITH CHECK of every tenant table. An expired local setting is '', hence nullif."""

Execute = Callable[[str], None]


def create_schema(execute: Execute, schema: str) -> None:
    """Create a module's schema, usable by the application's two roles."""
    execute(f"create schema if not exists {schema}")
    execute(f"grant usage on schema {schema} to metatron_app, metatron_system")


def secure_tenant_table(
    execute: Execute, table: str, *, app: str = "select, insert, update, delete", system: str = ""
) -> None:
    """Force row-level security on `schema.table` and grant the roles what they need.

    Args:
        execute: `op.execute` of the migration.
        table: schema-qualified name.
        app: privileges of metatron_app ("select, insert" makes a table append-only).
        system: privileges of metatron_system across all tenants; empty for none.
    """
    execute(f"alter table {table} enable row level security")
    execute(f"alter table {table} force row level security")
    execute(
        f"create policy tenant on {table} for all using ({TENANT_TEST}) with check ({TENANT_TEST})"
    )
    execute(f"grant {app} on {table} to metatron_app")
    if system:
        execute(
            f"create policy system on {table} for all to metatron_system "
            "using (true) with check (true)"
        )
        execute(f"grant {system} on {table} to metatron_system")


def append_only(execute: Execute, tables: Sequence[str]) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE on `tables` by trigger, whoever tries."""
    for table in tables:
        name = table.replace(".", "_")
        execute(
            f"create trigger {name}_append_only before update or delete on {table} "
            "for each row execute function kernel.refuse_change()"
        )
        execute(
            f"create trigger {name}_no_truncate before truncate on {table} "
            "for each statement execute function kernel.refuse_change()"
        )
