"""Requests for approval and the organisations' rules about them."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import create_schema, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "approvals_0001"
down_revision = None
branch_labels = ("approvals",)
depends_on = "kernel_0001"


def upgrade() -> None:
    """Create the module's tables."""
    create_schema(op.execute, "approvals")
    run_script(Path(__file__).with_suffix(".sql"))
    for table in ("approvals.approval", "approvals.settings"):
        secure_tenant_table(op.execute, table, app="select, insert, update")


def downgrade() -> None:
    """Drop the module's schema."""
    op.execute("drop schema approvals cascade")
