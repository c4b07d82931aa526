"""The money of an issue is held apart until it is decided; claims on suppliers."""

from pathlib import Path

from metatron.kernel.database.scripts import run_script

revision = "campaigns_0011"
down_revision = "campaigns_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let issues name what is held apart for them."""
    run_script(Path(__file__).with_name("holding_0011.sql"))


def downgrade() -> None:
    """Take it back; what is held apart must be free before."""
    run_script(Path(__file__).with_name("holding_0011_back.sql"))
