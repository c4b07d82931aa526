"""Allowances that the web processes share, so that a published limit holds for all of them."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import create_schema
from metatron.kernel.database.scripts import run_script

revision = "gateway_0001"
down_revision = None
branch_labels = ("gateway",)
depends_on = "kernel_0001"


def upgrade() -> None:
    """Create the table and what leases from it, for the system role alone."""
    create_schema(op.execute, "gateway")
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Drop the schema."""
    op.execute("drop schema gateway cascade")
