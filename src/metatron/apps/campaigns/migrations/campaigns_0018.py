"""The organisation's holidays: days on which nobody pays."""

from alembic import op

revision = "campaigns_0018"
down_revision = "campaigns_0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the list; an organisation that names none has weekends only."""
    op.execute("alter table campaigns.settings add column holidays date[] not null default '{}'")


def downgrade() -> None:
    """Take it away again."""
    op.execute("alter table campaigns.settings drop column holidays")
