"""Why an organisation was suspended, for its people to read."""

from alembic import op

revision = "tenancy_0007"
down_revision = "tenancy_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Null where nobody gave a reason, and while it is active."""
    op.execute(
        "alter table tenancy.tenant add column suspended_reason text"
        " check (char_length(suspended_reason) between 1 and 500)"
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("alter table tenancy.tenant drop column suspended_reason")
