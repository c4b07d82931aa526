"""Webhooks, what was sent to them, and each try."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import create_schema, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "webhooks_0001"
down_revision = None
branch_labels = ("webhooks",)
depends_on = "kernel_0001"


def upgrade() -> None:
    """Create the module's tables: the relay reads who wants events, the pruner the terms."""
    create_schema(op.execute, "webhooks")
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "webhooks.endpoint", system="select")
    secure_tenant_table(op.execute, "webhooks.delivery", system="select, delete")
    secure_tenant_table(op.execute, "webhooks.attempt", system="select, delete")


def downgrade() -> None:
    """Drop the module's schema."""
    op.execute("drop schema webhooks cascade")
