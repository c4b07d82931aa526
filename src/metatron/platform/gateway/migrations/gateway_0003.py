"""Who still calls routes that are on their way out, by the day."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "gateway_0003"
down_revision = "gateway_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; the system role writes, a tenant may read its own rows."""
    run_script(Path(__file__).with_suffix(".sql"))
    rights = "select, insert, update, delete"
    secure_tenant_table(op.execute, "gateway.deprecated_call", app="select", system=rights)


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table gateway.deprecated_call")
