"""Two more rules: work that waits too long, and jobs that gave up."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.scripts import run_script

revision = "health_0007"
down_revision = "health_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the rules, with the limits that Prometheus' rules of ours have."""
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Drop the rules and their alerts."""
    op.execute("delete from health.alert where rule in ('queue', 'dead_letters')")
    op.execute("delete from health.alert_rule where name in ('queue', 'dead_letters')")
