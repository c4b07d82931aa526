"""Whoever counts or forgives attempts takes the rows in one order: no deadlock between them."""

from pathlib import Path

from metatron.kernel.database.scripts import run_script

revision = "identity_0004"
down_revision = "identity_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forgive and give back by one function."""
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Take them back in whatever order they are found."""
    run_script(Path(__file__).with_name("identity_0004_back.sql"))
