"""What instances list of tables is kept, and which columns are added to their results."""

from alembic import op

revision = "amc_0016"
down_revision = "amc_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.execute(
        "alter table amc.instance add column listed jsonb, add column listed_at timestamptz,"
        " add column extra_columns jsonb not null default '{}'"
    )
    op.execute("alter table amc.run add column extra_columns jsonb not null default '{}'")


def downgrade() -> None:
    """Drop them."""
    op.execute("alter table amc.run drop column extra_columns")
    op.execute(
        "alter table amc.instance drop column listed, drop column listed_at,"
        " drop column extra_columns"
    )
