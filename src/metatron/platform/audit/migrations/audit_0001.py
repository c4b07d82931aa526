"""Seals, checkpoints and the horizon."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import append_only, create_schema, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "audit_0001"
down_revision = None
branch_labels = ("audit",)
depends_on = "kernel_0001"


def upgrade() -> None:
    """Create the tables."""
    create_schema(op.execute, "audit")
    run_script(Path(__file__).with_suffix(".sql"))
    for table in ("audit.seal", "audit.checkpoint"):
        secure_tenant_table(op.execute, table, app="select", system="select, insert")
        append_only(op.execute, [table])


def downgrade() -> None:
    """Drop the schema."""
    op.execute("drop schema audit cascade")
