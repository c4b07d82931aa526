"""Alerts rest from when their maker may read nothing any more."""

from alembic import op

revision = "amc_0014"
down_revision = "amc_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Null in those that are watched."""
    op.execute("alter table amc.alert add column rests_since timestamptz")


def downgrade() -> None:
    """Drop it."""
    op.execute("alter table amc.alert drop column rests_since")
