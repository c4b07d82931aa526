"""Refunds as rows of their own, whole or in part, filled from the commitments' columns."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "campaigns_0002"
down_revision = "campaigns_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, carry the data over, and permit the steps of a part."""
    run_script(Path(__file__).with_name("refund_0002.sql"))
    secure_tenant_table(op.execute, "campaigns.refund", app="select, insert, update")


def downgrade() -> None:
    """Drop the table and the steps; the commitments' own columns hold the whole refunds."""
    run_script(Path(__file__).with_name("refund_0002_back.sql"))
    op.execute(
        "delete from campaigns.allowed_transition where name in "
        "('return_part', 'confirm_part', 'reject_part', 'retry_part')"
    )
