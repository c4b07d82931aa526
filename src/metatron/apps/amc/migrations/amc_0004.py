"""How far each person has read the guides; workflows by their owner."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "amc_0004"
down_revision = "amc_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "amc.guide_progress", app="select, insert, delete")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop index amc.workflow_owner_ix")
    op.execute("drop table amc.guide_progress")
