"""What roles say of a submitted campaign, entries by hand, payments in time, own commitments."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "campaigns_0016"
down_revision = "campaigns_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, the steps of the review and the constraints of a campaign."""
    run_script(Path(__file__).with_name("review_0016.sql"))
    for name in ("manual", "paid", "linked"):
        run_script(Path(__file__).with_name(f"{name}_0016.sql"))
    for table in ("campaigns.review_opinion", "campaigns.manual_entry"):
        secure_tenant_table(op.execute, table, app="select, insert")


def downgrade() -> None:
    """Drop them."""
    run_script(Path(__file__).with_name("review_0016_back.sql"))
