"""Choices of an organisation, tiers, funding modes, and notices with their answers."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "campaigns_0003"
down_revision = "campaigns_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, the two tables and the steps."""
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "campaigns.notice", app="select, insert, update")
    secure_tenant_table(op.execute, "campaigns.notice_answer", app="select, insert, update")


def downgrade() -> None:
    """Take them away again."""
    run_script(Path(__file__).with_name("campaigns_0003_back.sql"))
