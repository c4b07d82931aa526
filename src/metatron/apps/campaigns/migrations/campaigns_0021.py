"""Corrected fees, and suppliers who are verified before they are paid, where that is asked for."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import append_only, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "campaigns_0021"
down_revision = "campaigns_0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, the setting, and what a correction of a fee needs."""
    for name in ("correction", "verification"):
        run_script(Path(__file__).with_name(f"{name}_0021.sql"))
    secure_tenant_table(op.execute, "campaigns.supplier_verification", app="select, insert")
    append_only(op.execute, ["campaigns.supplier_verification"])


def downgrade() -> None:
    """Take them away again; a corrected fee then stands at what was recorded first."""
    run_script(Path(__file__).with_name("correction_0021_back.sql"))
    op.execute("alter table campaigns.settings drop column supplier_verification")
    op.execute("drop table campaigns.supplier_verification")
