"""A chain of seals over the transfers of each tenant."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import append_only, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "ledger_0005"
down_revision = "ledger_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the seals; what is booked already is sealed by the first round."""
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "ledger.seal", app="select, insert")
    append_only(op.execute, ["ledger.seal"])


def downgrade() -> None:
    """Drop them."""
    op.execute("drop function ledger.row_digests")
    for table in ("transfer", "resolution"):
        op.execute(f"drop policy system on ledger.{table}")
    op.execute("revoke select (tenant_id, timestamp) on ledger.transfer from metatron_system")
    op.execute(
        "revoke select (tenant_id, timestamp, status) on ledger.resolution from metatron_system"
    )
    op.execute("revoke select on sequence ledger.booking_clock from metatron_system")
    op.execute("drop index ledger.resolution_expired_ix")
    op.execute("drop table ledger.seal_horizon")
    op.execute("drop table ledger.seal")
