"""Operators see which requests wait, over all organisations; they still change one at a time."""

from alembic import op

revision = "personal_data_0002"
down_revision = "personal_data_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the system's role read requests: ids, dates, states, and what stands in the way."""
    op.execute(
        "create policy system on personal_data.request for all to metatron_system"
        " using (true) with check (true)"
    )
    op.execute("grant select on personal_data.request to metatron_system")


def downgrade() -> None:
    """Take it back."""
    op.execute("revoke select on personal_data.request from metatron_system")
    op.execute("drop policy system on personal_data.request")
