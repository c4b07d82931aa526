"""How many rows a run scanned, and schedules that were handed to Amazon."""

from alembic import op

revision = "amc_0017"
down_revision = "amc_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Null where AMC did not say, and in those that fire here alone."""
    op.execute("alter table amc.run add column rows_scanned bigint check (rows_scanned >= 0)")
    op.execute("alter table amc.schedule add column amc_export jsonb")


def downgrade() -> None:
    """Drop them."""
    op.execute("alter table amc.schedule drop column amc_export")
    op.execute("alter table amc.run drop column rows_scanned")
