"""Web vitals as browsers measured them, by hour and route."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.scripts import run_script

revision = "health_0006"
down_revision = "health_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; the system role writes and reads it."""
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table health.web_vital")
