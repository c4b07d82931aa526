"""The register of exceptions, and actions done at the provider without an instruction."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import append_only, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "campaigns_0007"
down_revision = "campaigns_0006"
branch_labels = None
depends_on = None

CHANGING = ("exception", "provider_action", "card_dispute")
APPEND_ONLY = ("exception_entry", "exception_evidence")


def upgrade() -> None:
    """Create the tables, and permit the steps."""
    run_script(Path(__file__).with_name("care_0007.sql"))
    for table in CHANGING:
        secure_tenant_table(op.execute, f"campaigns.{table}", app="select, insert, update")
    for table in APPEND_ONLY:
        secure_tenant_table(op.execute, f"campaigns.{table}", app="select, insert")
    append_only(op.execute, [f"campaigns.{table}" for table in APPEND_ONLY])
    op.execute("grant select on campaigns.allowed_exception_step to metatron_app, metatron_system")


def downgrade() -> None:
    """Take them away again."""
    run_script(Path(__file__).with_name("care_0007_back.sql"))
