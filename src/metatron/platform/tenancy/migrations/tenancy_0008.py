"""Why an organisation is under maintenance, for its people to read."""

from alembic import op

revision = "tenancy_0008"
down_revision = "tenancy_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Null while it is not."""
    op.execute(
        "alter table tenancy.tenant add column maintenance_note text"
        " check (char_length(maintenance_note) between 1 and 500)"
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("alter table tenancy.tenant drop column maintenance_note")
