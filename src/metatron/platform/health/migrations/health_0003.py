"""What single tenants ask and get, and the alerts about them."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "health_0003"
down_revision = "health_0002"
branch_labels = None
depends_on = None
RIGHTS = "select, insert, update, delete"


def upgrade() -> None:
    """Create the tables and the rules; the system role writes, a tenant may read its own rows."""
    run_script(Path(__file__).with_suffix(".sql"))
    for table in ("health.tenant_traffic", "health.tenant_watch"):
        secure_tenant_table(op.execute, table, app="select", system=RIGHTS)


def downgrade() -> None:
    """Drop the tables, the rules and their alerts."""
    op.execute("delete from health.alert where tenant_id is not null")
    op.execute("delete from health.alert_rule where name like 'tenant_%'")
    op.execute("drop index health.alert_firing")
    op.execute("alter table health.alert drop column tenant_id")
    op.execute("create unique index alert_firing on health.alert (rule) where resolved_at is null")
    op.execute("drop table health.tenant_watch")
    op.execute("drop table health.tenant_traffic")
