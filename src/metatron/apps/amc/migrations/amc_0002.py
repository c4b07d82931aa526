"""Renewing tokens once, however many ask."""

from pathlib import Path

from metatron.kernel.database.scripts import run_script

revision = "amc_0002"
down_revision = "amc_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Number the tokens of a connection and lease their renewal."""
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Take it back."""
    run_script(Path(__file__).with_name("amc_0002_back.sql"))
