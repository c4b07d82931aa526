"""Instructions to payment providers and the inbox of their webhooks."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import create_schema, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "payments_0001"
down_revision = None
branch_labels = ("payments",)
depends_on = "kernel_0001"


def upgrade() -> None:
    """Create the module's tables."""
    create_schema(op.execute, "payments")
    run_script(Path(__file__).with_suffix(".sql"))
    # The system role only finds what is overdue; the work itself is done inside the tenant.
    for table in ("payments.instruction", "payments.webhook_inbox"):
        secure_tenant_table(op.execute, table, app="select, insert, update", system="select")


def downgrade() -> None:
    """Drop the module's schema."""
    op.execute("drop schema payments cascade")
