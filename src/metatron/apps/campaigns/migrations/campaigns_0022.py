"""What left the provider and nobody held: the bond bears it, approved by two people."""

from pathlib import Path

from metatron.kernel.database.scripts import run_script

revision = "campaigns_0022"
down_revision = "campaigns_0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the bond bear a refund nobody held, and money that left without a cause."""
    run_script(Path(__file__).with_name("borne_0022.sql"))


def downgrade() -> None:
    """Take both kinds away; such a loss is then told as that of a dispute."""
    run_script(Path(__file__).with_name("borne_0022_back.sql"))
