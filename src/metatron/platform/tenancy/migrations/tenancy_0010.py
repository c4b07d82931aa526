"""Whose membership ended because their personal data was erased."""

from alembic import op

revision = "tenancy_0010"
down_revision = "tenancy_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Null for everybody else."""
    op.execute(
        "alter table tenancy.member add column erased_at timestamptz"
        " check (erased_at is null or state = 'removed')"
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("alter table tenancy.member drop column erased_at")
