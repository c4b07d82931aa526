"""Holds: a tenant that is being moved cannot be written to, one that has moved can be purged."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.scripts import run_script

revision = "kernel_0002"
down_revision = "kernel_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the holds and what reads them."""
    run_script(Path(__file__).with_suffix(".sql"))
    op.execute("grant insert, update on kernel.idempotency_record to metatron_system")
    op.execute("grant insert, update on kernel.tenant_clock to metatron_system")


def downgrade() -> None:
    """Drop the holds; append-only tables refuse every change again."""
    op.execute("revoke insert, update on kernel.idempotency_record from metatron_system")
    op.execute("revoke insert, update on kernel.tenant_clock from metatron_system")
    op.execute("""
create or replace function kernel.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table %.% is append-only', tg_table_schema, tg_table_name
    using errcode = 'restrict_violation';
end $$""")
    op.execute("drop function kernel.bind_for_write(text)")
    op.execute("drop function kernel.may_write(uuid)")
    op.execute("drop table kernel.tenant_hold")
