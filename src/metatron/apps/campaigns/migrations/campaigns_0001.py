"""Campaigns, commitments, their append-only history, and what the doctrine asks to be kept."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import append_only, create_schema, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "campaigns_0001"
down_revision = None
branch_labels = ("campaigns",)
depends_on = "kernel_0001"

APPEND_ONLY = ("terms", "transition", "acknowledgement", "fulfilment_event", "message")
EDITABLE = ("settings", "consolidation_point", "campaign", "commitment", "issue", "payout")


def upgrade() -> None:
    """Create the schema, its tables, triggers and policies."""
    create_schema(op.execute, "campaigns")
    for script in ("campaigns_0001.sql", "history_0001.sql", "allowed_transition_0001.sql"):
        run_script(Path(__file__).with_name(script))
    for table in APPEND_ONLY:
        secure_tenant_table(op.execute, f"campaigns.{table}", app="select, insert")
    append_only(op.execute, [f"campaigns.{table}" for table in APPEND_ONLY])
    for table in EDITABLE:
        # The system finds the organisation of a campaign for a person who joins it.
        system = "select" if table == "campaign" else ""
        secure_tenant_table(
            op.execute, f"campaigns.{table}", app="select, insert, update", system=system
        )


def downgrade() -> None:
    """Drop the schema."""
    op.execute("drop schema campaigns cascade")
