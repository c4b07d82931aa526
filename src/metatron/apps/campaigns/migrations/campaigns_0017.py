"""Files that speak against a card dispute."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import append_only, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "campaigns_0017"
down_revision = "campaigns_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; what is in it is never changed."""
    run_script(Path(__file__).with_name("dispute_file_0017.sql"))
    secure_tenant_table(op.execute, "campaigns.dispute_file", app="select, insert")
    append_only(op.execute, ["campaigns.dispute_file"])


def downgrade() -> None:
    """Take it away again."""
    op.execute("drop table campaigns.dispute_file")
