"""A session remembers when its person last showed again that it is them."""

from pathlib import Path

from metatron.kernel.database.scripts import run_script

revision = "identity_0002"
down_revision = "identity_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the instant, and the kinds of code and challenge that lead to it."""
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Take them away, with the codes and challenges that are under way."""
    run_script(Path(__file__).with_name("identity_0002_back.sql"))
