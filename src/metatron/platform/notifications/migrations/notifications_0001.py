"""Messages, their bodies and the delivery log."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import append_only, create_schema, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "notifications_0001"
down_revision = None
branch_labels = ("notifications",)
depends_on = "kernel_0001"


def upgrade() -> None:
    """Create the tables."""
    create_schema(op.execute, "notifications")
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(
        op.execute, "notifications.message", app="select, insert, update", system="select"
    )
    secure_tenant_table(op.execute, "notifications.message_body")
    secure_tenant_table(
        op.execute, "notifications.delivery_attempt", app="select, insert", system="select"
    )
    append_only(op.execute, ["notifications.delivery_attempt"])


def downgrade() -> None:
    """Drop the schema."""
    op.execute("drop schema notifications cascade")
