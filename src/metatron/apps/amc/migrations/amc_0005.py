"""The catalogue: ASINs, campaigns, imports, and what belongs to a client."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "amc_0005"
down_revision = "amc_0004"
branch_labels = None
depends_on = None

TABLES = ("asin_word", "asin", "ad_campaign", "catalogue_import", "mapping")


def upgrade() -> None:
    """Create the tables."""
    run_script(Path(__file__).with_suffix(".sql"))
    for table in TABLES:
        secure_tenant_table(op.execute, f"amc.{table}")


def downgrade() -> None:
    """Drop them."""
    for table in TABLES:
        op.execute(f"drop table amc.{table}")
