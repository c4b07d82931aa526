"""A tenant's clock is the tenant's alone; the outbox knows the trace that work belongs to."""

from alembic import op

from metatron.kernel.database.policies import TENANT_TEST
from metatron.kernel.database.scripts import run_script

# True inside the transaction of a move, for the owner of the table alone. Insert triggers ask it
# first: what they would do has been done where the row comes from.
IS_COPYING = """
create function kernel.is_copying(of_table oid) returns boolean
language sql stable set search_path = pg_catalog as $$
  select coalesce(current_setting('app.copying', true), '') = 'on'
     and exists (select from pg_class c
                 where c.oid = of_table and pg_get_userbyid(c.relowner) = current_user)
$$;
revoke execute on function kernel.is_copying(oid) from public;
grant execute on function kernel.is_copying(oid) to metatron_app, metatron_system, metatron_owner;
"""

revision = "kernel_0004"
down_revision = "kernel_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Force row-level security on clocks, but for the relay's role; note traces where named."""
    table = "kernel.tenant_clock"
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy tenant on {table} for all using ({TENANT_TEST}) with check ({TENANT_TEST})"
    )
    op.execute(
        f"create policy system on {table} for all to metatron_system using (true) with check (true)"
    )
    op.execute(
        "alter table kernel.outbox add column trace text"
        " default nullif(current_setting('app.trace', true), '')"
    )
    run_script(IS_COPYING)


def downgrade() -> None:
    """Give every clock back to everybody, forget traces."""
    op.execute("drop function kernel.is_copying(oid)")
    op.execute("alter table kernel.outbox drop column trace")
    for policy in ("tenant", "system"):
        op.execute(f"drop policy {policy} on kernel.tenant_clock")
    op.execute("alter table kernel.tenant_clock no force row level security")
    op.execute("alter table kernel.tenant_clock disable row level security")
