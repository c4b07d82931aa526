"""Evidence handed in against disputes."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "payments_0003"
down_revision = "payments_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "payments.dispute_evidence", app="select, insert, update")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table payments.dispute_evidence")
