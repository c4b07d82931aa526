"""Fees without a campaign, and refunds that come back after their confirmation."""

from pathlib import Path

from metatron.kernel.database.scripts import run_script

revision = "campaigns_0008"
down_revision = "campaigns_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a fee stand without a campaign and a confirmed refund become due again."""
    run_script(Path(__file__).with_name("proof_0008.sql"))


def downgrade() -> None:
    """Take it back; what names no campaign is deleted."""
    run_script(Path(__file__).with_name("proof_0008_back.sql"))
