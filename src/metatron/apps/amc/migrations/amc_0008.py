"""Boards and their snapshots."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "amc_0008"
down_revision = "amc_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; what a snapshot shows is never changed."""
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "amc.board")
    secure_tenant_table(op.execute, "amc.board_snapshot", app="select, insert, delete")


def downgrade() -> None:
    """Drop them."""
    op.execute("drop table amc.board_snapshot, amc.board")
