"""Rows that a move copies bring their history along: nothing is logged again."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.scripts import run_script

revision = "campaigns_0005"
down_revision = "campaigns_0004"
branch_labels = None
# The functions name kernel.is_copying, but look it up only when they run: a dependency would hide
# the kernel's own head.
depends_on = None


def upgrade() -> None:
    """Let the checks of a history pass what a move copies."""
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Leave the functions: without `app.copying` they do what they did before."""
    op.execute("select 1")
