"""People are found by their address, however it is written."""

from alembic import op

revision = "identity_0003"
down_revision = "identity_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an index that `pub_user` can be asked by."""
    op.execute("create index user_account_email_lower_ix on identity.user_account (lower(email))")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop index identity.user_account_email_lower_ix")
