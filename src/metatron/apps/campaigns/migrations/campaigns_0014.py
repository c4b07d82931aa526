"""The history's triggers cost less for each row; commitments have room for their updates."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.scripts import run_script

revision = "campaigns_0014"
down_revision = "campaigns_0013"
branch_labels = None
depends_on = None

FOLDER = Path(__file__).parent


def upgrade() -> None:
    """Put the functions in place."""
    run_script(FOLDER / "history_0014.sql")


def downgrade() -> None:
    """Put back those before, which do the same."""
    run_script(FOLDER / "campaigns_0005.sql")
    op.execute("alter table campaigns.commitment reset (fillfactor)")
