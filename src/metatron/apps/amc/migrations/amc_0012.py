"""The days a client has data of."""

from alembic import op

revision = "amc_0012"
down_revision = "amc_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Both are included; only the local AMC tells them."""
    op.execute("alter table amc.instance add column data_first_on date")
    op.execute("alter table amc.instance add column data_last_on date")


def downgrade() -> None:
    """Drop them."""
    op.execute("alter table amc.instance drop column data_last_on")
    op.execute("alter table amc.instance drop column data_first_on")
