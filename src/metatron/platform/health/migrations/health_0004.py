"""Who calls whom, in steps of ten seconds."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.scripts import run_script

revision = "health_0004"
down_revision = "health_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; the system role writes and reads it."""
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table health.call")
