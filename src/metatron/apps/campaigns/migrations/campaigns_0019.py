"""The operator who asked in somebody's name: no second person to themselves."""

from alembic import op

revision = "campaigns_0019"
down_revision = "campaigns_0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add who acted; what was asked for before names nobody."""
    op.execute("alter table campaigns.campaign add column submitted_by_operator uuid")
    op.execute("alter table campaigns.notice add column requested_by_operator uuid")


def downgrade() -> None:
    """Take them away again."""
    op.execute("alter table campaigns.notice drop column requested_by_operator")
    op.execute("alter table campaigns.campaign drop column submitted_by_operator")
