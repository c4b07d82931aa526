"""Destinations, and deliveries of results to them."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "amc_0009"
down_revision = "amc_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; runs and schedules name where their results go."""
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "amc.destination")
    secure_tenant_table(op.execute, "amc.delivery")


def downgrade() -> None:
    """Drop them."""
    op.execute("drop table amc.delivery, amc.destination")
    op.execute("alter table amc.run drop column destination_ids")
    op.execute("alter table amc.schedule drop column destination_ids")
