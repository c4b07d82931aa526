"""Collections, their segments and what these came to."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "amc_0007"
down_revision = "amc_0006"
branch_labels = None
depends_on = None

SEEN_BY_THE_SYSTEM = ("collection", "segment", "collection_segment")
OTHERS = ("collection_client", "segment_figure")


def upgrade() -> None:
    """Create the tables; the system sees what is due, over all tenants."""
    run_script(Path(__file__).with_suffix(".sql"))
    for table in SEEN_BY_THE_SYSTEM:
        secure_tenant_table(op.execute, f"amc.{table}", system="select")
    for table in OTHERS:
        secure_tenant_table(op.execute, f"amc.{table}")


def downgrade() -> None:
    """Drop them."""
    op.execute(
        "drop table amc.segment_figure, amc.collection_segment, amc.segment, "
        "amc.collection_client, amc.collection"
    )
