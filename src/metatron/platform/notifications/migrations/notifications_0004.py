"""What somebody chose goes when their personal data is erased."""

from alembic import op

revision = "notifications_0004"
down_revision = "notifications_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let it be deleted."""
    op.execute("grant delete on notifications.preference to metatron_app")


def downgrade() -> None:
    """No longer."""
    op.execute("revoke delete on notifications.preference from metatron_app")
