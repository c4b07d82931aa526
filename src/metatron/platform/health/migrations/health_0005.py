"""Windows of maintenance in which alerts stay silent, and webhooks that are told of alerts."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.scripts import run_script

revision = "health_0005"
down_revision = "health_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; every alert there was has been told."""
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Drop them."""
    op.execute("alter table health.alert drop column silenced_by, drop column told_at")
    op.execute("drop table health.alert_channel")
    op.execute("drop table health.maintenance_window")
