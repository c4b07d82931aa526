"""Admin API keys with scopes and an end."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.scripts import run_script

revision = "tenancy_0004"
down_revision = "tenancy_0003"
branch_labels = None
depends_on = None

TABLES = ("admin_key", "admin_key_grant")


def upgrade() -> None:
    """Create them, for the system role alone."""
    run_script(Path(__file__).with_suffix(".sql"))
    for table in TABLES:
        op.execute(f"grant select, insert, update, delete on tenancy.{table} to metatron_system")


def downgrade() -> None:
    """Drop them: keys that were made end with them."""
    for table in reversed(TABLES):
        op.execute(f"drop table tenancy.{table}")
