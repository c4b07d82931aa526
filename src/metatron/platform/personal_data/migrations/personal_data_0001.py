"""Requests for copies and erasures of personal data."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import create_schema, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "personal_data_0001"
down_revision = None
branch_labels = ("personal_data",)
depends_on = "kernel_0001"


def upgrade() -> None:
    """Create the module's tables."""
    create_schema(op.execute, "personal_data")
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "personal_data.request", app="select, insert, update")
    secure_tenant_table(op.execute, "personal_data.step", app="select, insert")


def downgrade() -> None:
    """Drop the module's schema."""
    op.execute("drop schema personal_data cascade")
