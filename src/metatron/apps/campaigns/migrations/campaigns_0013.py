"""What suppliers propose before a campaign is published."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "campaigns_0013"
down_revision = "campaigns_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, its steps and the switch of counter-proposals."""
    run_script(Path(__file__).with_name("proposal_0013.sql"))
    secure_tenant_table(op.execute, "campaigns.supplier_proposal", app="select, insert, update")


def downgrade() -> None:
    """Drop them."""
    run_script(Path(__file__).with_name("proposal_0013_back.sql"))
