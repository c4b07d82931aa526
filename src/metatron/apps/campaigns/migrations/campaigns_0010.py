"""Releases wait for a person unless an organisation chooses otherwise."""

from alembic import op

revision = "campaigns_0010"
down_revision = "campaigns_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change what a new row of settings begins with; what was saved stays."""
    op.execute("alter table campaigns.settings alter column auto_payout set default false")


def downgrade() -> None:
    """Begin with automatic payments again."""
    op.execute("alter table campaigns.settings alter column auto_payout set default true")
