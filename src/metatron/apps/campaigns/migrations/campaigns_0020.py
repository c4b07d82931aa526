"""What campaigns gathered is kept, so that a list of them sums no commitments (record 36)."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "campaigns_0020"
down_revision = "campaigns_0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, the triggers that keep it, and its rows for what exists."""
    run_script(Path(__file__).with_name("gathered_0020.sql"))
    secure_tenant_table(op.execute, "campaigns.gathered", app="select, insert, update")


def downgrade() -> None:
    """Take them away again; the commitments are all that was ever counted."""
    run_script(Path(__file__).with_name("gathered_0020_back.sql"))
