"""Updates, questions, and the weekly status."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import append_only, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "campaigns_0004"
down_revision = "campaigns_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the two tables and permit the step."""
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "campaigns.public_update", app="select, insert")
    append_only(op.execute, ["campaigns.public_update"])
    secure_tenant_table(op.execute, "campaigns.question", app="select, insert, update")


def downgrade() -> None:
    """Take them away again."""
    op.execute("drop table campaigns.public_update")
    op.execute("drop table campaigns.question")
    op.execute("delete from campaigns.allowed_transition where name = 'tell_status'")
