"""Allocation with final amounts, consent to a part, products, manifests, milestones, inspection."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import append_only, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "campaigns_0009"
down_revision = "campaigns_0008"
branch_labels = None
depends_on = None

EDITABLE = ("consent", "product", "milestone")
APPEND_ONLY = ("receipt", "evidence", "share_release")


def upgrade() -> None:
    """Add columns, tables and steps; what was accepted before counts as allocated in full."""
    run_script(Path(__file__).with_name("supply_0009.sql"))
    for table in EDITABLE:
        secure_tenant_table(op.execute, f"campaigns.{table}", app="select, insert, update")
    for table in APPEND_ONLY:
        secure_tenant_table(op.execute, f"campaigns.{table}", app="select, insert")
    append_only(op.execute, [f"campaigns.{table}" for table in APPEND_ONLY])
    secure_tenant_table(
        op.execute, "campaigns.delivery_address", app="select, insert, update, delete"
    )


def downgrade() -> None:
    """Take them away again."""
    run_script(Path(__file__).with_name("supply_0009_back.sql"))
