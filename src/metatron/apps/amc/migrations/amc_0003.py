"""Runs: whose turn an instance's runs are, alerts on results and what they told."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "amc_0003"
down_revision = "amc_0002"
branch_labels = None
depends_on = None

SEEN_BY_THE_SYSTEM = ("account", "instance", "run")


def upgrade() -> None:
    """Create the tables; the system sees how many runs an AMC account has, over all tenants."""
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "amc.turn", system="select")
    secure_tenant_table(op.execute, "amc.alert")
    secure_tenant_table(op.execute, "amc.alert_firing", app="select, insert, delete")
    for table in SEEN_BY_THE_SYSTEM:
        op.execute(
            f"create policy system on amc.{table} for all to metatron_system "
            "using (true) with check (true)"
        )
        op.execute(f"grant select on amc.{table} to metatron_system")


def downgrade() -> None:
    """Drop them."""
    for table in SEEN_BY_THE_SYSTEM:
        op.execute(f"drop policy system on amc.{table}")
        op.execute(f"revoke select on amc.{table} from metatron_system")
    op.execute("drop table amc.alert_firing, amc.alert, amc.turn")
    op.execute("alter table amc.run drop column lease_id, drop column result_gone_at")
