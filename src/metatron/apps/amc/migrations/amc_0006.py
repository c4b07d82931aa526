"""Schedules and their firings."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "amc_0006"
down_revision = "amc_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; what has fired is never changed."""
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "amc.schedule")
    secure_tenant_table(op.execute, "amc.firing", app="select, insert, delete")


def downgrade() -> None:
    """Drop them."""
    op.execute("drop table amc.firing")
    op.execute("drop table amc.schedule")
