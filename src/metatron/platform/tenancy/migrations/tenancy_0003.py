"""A page of members is read in their order, without sorting all of them."""

from alembic import op

revision = "tenancy_0003"
down_revision = "tenancy_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index of the list's own order."""
    op.execute(
        "create index member_joined_ix on tenancy.member (tenant_id, joined_at, id)"
        " where state = 'active'"
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("drop index tenancy.member_joined_ix")
