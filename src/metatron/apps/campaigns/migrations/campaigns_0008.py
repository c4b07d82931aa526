"""A fee of the provider may be for something of the organisation itself, without a campaign."""

from alembic import op

revision = "campaigns_0008"
down_revision = "campaigns_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the campaign be left out."""
    op.execute("alter table campaigns.provider_charge alter column campaign_id drop not null")


def downgrade() -> None:
    """Ask for it again; what names none cannot be kept."""
    op.execute("delete from campaigns.provider_charge where campaign_id is null")
    op.execute("alter table campaigns.provider_charge alter column campaign_id set not null")
