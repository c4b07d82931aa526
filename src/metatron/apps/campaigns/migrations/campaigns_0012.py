"""The money of an issue is held apart until it is decided; claims on suppliers."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "campaigns_0012"
down_revision = "campaigns_0011"
branch_labels = None
depends_on = None

TABLES = ("supplier_claim", "claim_payment")


def upgrade() -> None:
    """Let issues name what is held apart for them; create the tables of claims."""
    run_script(Path(__file__).with_name("holding_0012.sql"))
    for table in TABLES:
        secure_tenant_table(op.execute, f"campaigns.{table}", app="select, insert, update")


def downgrade() -> None:
    """Take it back; what is held apart must be free and no claim written off before."""
    run_script(Path(__file__).with_name("holding_0012_back.sql"))
