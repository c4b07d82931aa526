"""Shares of very many commitments are released in batches."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.scripts import run_script

revision = "campaigns_0011"
down_revision = "campaigns_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add how far a share's release is, and by which payment each part went."""
    run_script(Path(__file__).with_name("shares_0011.sql"))


def downgrade() -> None:
    """Take that away again; a release that is under way has ended by then."""
    op.execute("alter table campaigns.share_release drop column payout_id")
    op.execute(
        "alter table campaigns.milestone drop column release_after, drop column share_carry_bp"
    )
