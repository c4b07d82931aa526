"""Connections, instances, workflows and runs."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import create_schema, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "amc_0001"
down_revision = None
branch_labels = ("amc",)
depends_on = "kernel_0001"

TABLES = (
    "connection",
    "sign_in",
    "account",
    "instance",
    "instance_favourite",
    "workflow",
    "workflow_favourite",
    "parameter_set",
    "run",
)


def upgrade() -> None:
    """Create the module's tables; a saved version of a workflow never changes."""
    create_schema(op.execute, "amc")
    run_script(Path(__file__).with_suffix(".sql"))
    for table in TABLES:
        secure_tenant_table(op.execute, f"amc.{table}")
    secure_tenant_table(op.execute, "amc.workflow_version", app="select, insert")


def downgrade() -> None:
    """Drop the module's schema."""
    op.execute("drop schema amc cascade")
