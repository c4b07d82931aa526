"""Runs by state: those that failed are few among many."""

from alembic import op

revision = "amc_0011"
down_revision = "amc_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index; it holds what the counts of the home page ask for."""
    op.execute(
        "create index run_state_ix on amc.run (tenant_id, state, created_at desc, id)"
        " include (origin)"
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("drop index amc.run_state_ix")
