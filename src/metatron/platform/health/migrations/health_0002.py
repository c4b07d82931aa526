"""Alert rules and the alerts they raised."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.scripts import run_script

revision = "health_0002"
down_revision = "health_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, with the rules at their first thresholds."""
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Drop them."""
    op.execute("drop table health.alert")
    op.execute("drop table health.alert_rule")
