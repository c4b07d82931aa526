"""What no person asked for needs two people, and nobody decides their own matter."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.scripts import run_script

revision = "approvals_0002"
down_revision = "approvals_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the first approval and the parties, and hold to both."""
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Take them away; what was decided stays decided."""
    op.execute("drop trigger approval_agreement on approvals.approval")
    op.execute("drop function approvals.refuse_agreement_change")
    op.execute(
        "alter table approvals.approval drop column agreed_by, drop column agreed_at,"
        " drop column agreed_reason, drop column party_ids"
    )
