"""The versions of what is configured while the installation runs."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import create_schema
from metatron.kernel.database.scripts import run_script

revision = "console_0001"
down_revision = None
branch_labels = ("console",)
depends_on = "kernel_0001"


def upgrade() -> None:
    """Create the table; it is only ever added to."""
    create_schema(op.execute, "console")
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Drop the schema."""
    op.execute("drop schema console cascade")
