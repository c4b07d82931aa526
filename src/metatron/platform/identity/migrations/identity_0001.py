"""People, credentials, sessions, refresh families, throttle and public keys."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import create_schema
from metatron.kernel.database.scripts import run_script

revision = "identity_0001"
down_revision = None
branch_labels = ("identity",)
depends_on = "kernel_0001"


def upgrade() -> None:
    """Create the module's tables, views and functions."""
    create_schema(op.execute, "identity")
    run_script(Path(__file__).with_suffix(".sql"))
    run_script(Path(__file__).with_name("identity_0001_functions.sql"))


def downgrade() -> None:
    """Drop the module's schema."""
    op.execute("drop schema identity cascade")
