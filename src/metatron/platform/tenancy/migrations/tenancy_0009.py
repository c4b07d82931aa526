"""Who made an organisation: what one person may make in a day is counted by it."""

from alembic import op

revision = "tenancy_0009"
down_revision = "tenancy_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Null for those that operators and commands made, and for those of before."""
    op.execute("alter table tenancy.tenant add column founded_by uuid")
    op.execute(
        "create index tenant_founder_ix on tenancy.tenant (founded_by, id)"
        " where founded_by is not null"
    )


def downgrade() -> None:
    """Drop it, and its index with it."""
    op.execute("alter table tenancy.tenant drop column founded_by")
