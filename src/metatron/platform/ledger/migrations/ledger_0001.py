"""Accounts, transfers, their entries and the functions that alone may write them."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import append_only, create_schema, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "ledger_0001"
down_revision = None
branch_labels = ("ledger",)
depends_on = "kernel_0001"

TABLES = ("account", "transfer", "entry", "resolution", "deadline", "failed_id")
APPEND_ONLY = ("transfer", "entry", "resolution", "failed_id")
DOORS = ("create_accounts", "create_transfers", "expire_pending")
READERS = ("bound_tenant", "version_at", "balance_booked", "balance_happened")


def upgrade() -> None:
    """Create the schema; the application reads the tables and writes through the doors only."""
    create_schema(op.execute, "ledger")
    scripts = sorted(Path(__file__).parent.glob("ledger_0001_*.sql"))
    run_script(scripts[0])
    for table in TABLES:
        secure_tenant_table(op.execute, f"ledger.{table}", app="select")
    append_only(op.execute, [f"ledger.{table}" for table in APPEND_ONLY])
    # Of an account only the balances, the version and the closed mark ever change.
    op.execute(
        "create trigger account_identity_fixed before update of tenant_id, id, timestamp, ledger,"
        " code, flags, currency, user_data_128, user_data_64, user_data_32 or truncate"
        " on ledger.account for each statement execute function kernel.refuse_change()"
    )
    # By row, so that the rows of a tenant that moved away can go after its time of grace.
    op.execute(
        "create trigger account_kept before delete on ledger.account"
        " for each row execute function kernel.refuse_change()"
    )
    for script in scripts[1:]:
        run_script(script)
    op.execute("revoke execute on all functions in schema ledger from public")
    for name in (*DOORS, *READERS):
        op.execute(f"grant execute on function ledger.{name} to metatron_app")


def downgrade() -> None:
    """Drop the schema with all it holds."""
    op.execute("drop schema ledger cascade")
