"""Fees, the organiser's bond, refunds another way, and unwinding."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "campaigns_0006"
down_revision = "campaigns_0005"
branch_labels = None
depends_on = None

TABLES = ("provider_charge", "bond_deposit")


def upgrade() -> None:
    """Create the tables and columns, and permit the steps."""
    run_script(Path(__file__).with_name("money_0006.sql"))
    for table in TABLES:
        secure_tenant_table(op.execute, f"campaigns.{table}", app="select, insert, update")


def downgrade() -> None:
    """Drop them; refused while a campaign has been unwound or takes fees."""
    run_script(Path(__file__).with_name("money_0006_back.sql"))
