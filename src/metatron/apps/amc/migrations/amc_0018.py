"""Addresses outside that alerts may write to, mails of a day, and whom a firing did not reach."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "amc_0018"
down_revision = "amc_0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; addresses of alerts that exist are asked when the alert next holds."""
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "amc.alert_address")
    secure_tenant_table(op.execute, "amc.alert_mail_count")
    op.execute("grant update (not_sent) on amc.alert_firing to metatron_app")


def downgrade() -> None:
    """Drop them."""
    op.execute("revoke update (not_sent) on amc.alert_firing from metatron_app")
    op.execute("alter table amc.alert_firing drop column not_sent")
    op.execute("drop table amc.alert_mail_count, amc.alert_address")
