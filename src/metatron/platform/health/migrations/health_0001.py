"""Samples and the instances that beat."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import create_schema
from metatron.kernel.database.scripts import run_script

revision = "health_0001"
down_revision = None
branch_labels = ("health",)
depends_on = "kernel_0001"


def upgrade() -> None:
    """Create the tables; readiness reads which migrations were applied."""
    create_schema(op.execute, "health")
    run_script(Path(__file__).with_suffix(".sql"))
    op.execute("grant select on kernel.alembic_version to metatron_system")


def downgrade() -> None:
    """Drop the schema."""
    op.execute("drop schema health cascade")
