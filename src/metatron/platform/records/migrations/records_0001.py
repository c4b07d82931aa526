"""Views of lists."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import create_schema, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "records_0001"
down_revision = None
branch_labels = ("records",)
depends_on = "kernel_0001"


def upgrade() -> None:
    """Create the module's table."""
    create_schema(op.execute, "records")
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "records.saved_view")


def downgrade() -> None:
    """Drop the module's schema."""
    op.execute("drop schema records cascade")
