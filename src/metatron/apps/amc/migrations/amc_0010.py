"""Who may work with which client."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "amc_0010"
down_revision = "amc_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; every client begins as everybody's."""
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "amc.instance_grant")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table amc.instance_grant")
    op.execute("alter table amc.instance drop column grants_version")
