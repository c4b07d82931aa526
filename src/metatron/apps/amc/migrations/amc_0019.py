"""Clients that are AMC sandboxes, and runs over made-up data without aggregation controls."""

from alembic import op

revision = "amc_0019"
down_revision = "amc_0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nothing so far asked for made-up data."""
    op.execute("alter table amc.instance add column is_sandbox boolean not null default false")
    op.execute(
        "alter table amc.run"
        " add column require_synthetic_data boolean not null default false,"
        " add column disable_aggregation_controls boolean not null default false,"
        " add constraint run_controls_ck"
        " check (require_synthetic_data or not disable_aggregation_controls)"
    )


def downgrade() -> None:
    """Drop them."""
    op.execute(
        "alter table amc.run drop column require_synthetic_data,"
        " drop column disable_aggregation_controls"
    )
    op.execute("alter table amc.instance drop column is_sandbox")
