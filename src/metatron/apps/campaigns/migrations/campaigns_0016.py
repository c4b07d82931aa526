"""What roles say of a submitted campaign before it is published."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "campaigns_0016"
down_revision = "campaigns_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, its steps and the constraints of a campaign."""
    run_script(Path(__file__).with_name("review_0016.sql"))
    secure_tenant_table(op.execute, "campaigns.review_opinion", app="select, insert")


def downgrade() -> None:
    """Drop them."""
    run_script(Path(__file__).with_name("review_0016_back.sql"))
