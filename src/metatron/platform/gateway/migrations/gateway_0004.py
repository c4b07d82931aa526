"""The API log: calls made with keys, kept for ninety days."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "gateway_0004"
down_revision = "gateway_0003"
branch_labels = None
depends_on = None
_WEEKS = 15


def upgrade() -> None:
    """Create the table and its partitions: the system role writes, a tenant reads its own rows."""
    run_script(Path(__file__).with_suffix(".sql"))
    parts = [f"gateway.api_call_batch_{slot}" for slot in range(_WEEKS)]
    for slot, part in enumerate(parts):
        op.execute(
            f"create table {part} partition of gateway.api_call_batch for values in ({slot})"
        )
    # Who reaches a partition directly meets the same policies.
    for part in ("gateway.api_call_batch", *parts):
        secure_tenant_table(op.execute, part, app="select", system="select, insert, delete")
    # What the erasure of a person takes out.
    op.execute("grant update (user_id) on gateway.api_call_batch to metatron_app")


def downgrade() -> None:
    """Forget the log."""
    op.execute("drop function gateway.empty_oldest_api_calls()")
    op.execute("drop table gateway.api_call_batch")
