"""A tenant's clock is the tenant's: read and moved by nobody who is bound to another."""

from alembic import op

from metatron.kernel.database.policies import TENANT_TEST

revision = "kernel_0004"
down_revision = "kernel_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Force row-level security; the relay's role goes on seeing every clock."""
    table = "kernel.tenant_clock"
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy tenant on {table} for all using ({TENANT_TEST}) with check ({TENANT_TEST})"
    )
    op.execute(
        f"create policy system on {table} for all to metatron_system using (true) with check (true)"
    )


def downgrade() -> None:
    """Give every clock back to everybody."""
    for policy in ("tenant", "system"):
        op.execute(f"drop policy {policy} on kernel.tenant_clock")
    op.execute("alter table kernel.tenant_clock no force row level security")
    op.execute("alter table kernel.tenant_clock disable row level security")
