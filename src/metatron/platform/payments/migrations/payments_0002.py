"""Attempts, observations, statements, their lines, and the queue of breaks."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import append_only, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "payments_0002"
down_revision = "payments_0001"
branch_labels = None
depends_on = None

WRITTEN_ONCE = ("payments.observation", "payments.statement")
CHANGING = (
    "payments.instruction_attempt", "payments.statement_line", "payments.reconciliation_break",
)  # fmt: skip


def upgrade() -> None:
    """Create the tables; nothing of these is ever deleted."""
    run_script(Path(__file__).with_suffix(".sql"))
    for table in WRITTEN_ONCE:
        secure_tenant_table(op.execute, table, app="select, insert")
    append_only(op.execute, WRITTEN_ONCE)
    for table in CHANGING:
        secure_tenant_table(op.execute, table, app="select, insert, update")
    op.execute("grant select on payments.movement to metatron_app")


def downgrade() -> None:
    """Drop what this revision made."""
    op.execute("drop view payments.movement")
    for table in (*CHANGING[1:][::-1], *WRITTEN_ONCE[::-1], CHANGING[0]):
        op.execute(f"drop table {table}")
    op.execute("drop function payments.refuse_line_change()")
    op.execute("drop function payments.refuse_break_change()")
    op.execute("drop index payments.instruction_source_ix")
    op.execute("alter table payments.instruction drop column capture_before")
