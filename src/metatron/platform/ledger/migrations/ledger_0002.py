"""Faster ways for the plain cases: one transfer, and many that only move or hold."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.scripts import run_script

revision = "ledger_0002"
down_revision = "ledger_0001"
branch_labels = None
depends_on = None

FOLDER = Path(__file__).parent
DOOR = "create_transfer"
NEW = (DOOR, "end_one", "move_one", "unmove", "move_many", "book_plain", "is_plain")


def upgrade() -> None:
    """Put the new ways before the old ones; the doors keep their names and rights."""
    for script in sorted(FOLDER.glob("ledger_0002_*.sql")):
        run_script(script)
    op.execute("drop function ledger.try_single")
    for name in NEW:
        op.execute(f"revoke execute on function ledger.{name} from public")
    op.execute(f"grant execute on function ledger.{DOOR} to metatron_app")
    # Whose books there are to check, and nothing of what is in them.
    op.execute("create policy system on ledger.account for all to metatron_system using (true)")
    op.execute("grant select (tenant_id) on ledger.account to metatron_system")


def downgrade() -> None:
    """Go the old ways again."""
    op.execute("revoke select (tenant_id) on ledger.account from metatron_system")
    op.execute("drop policy system on ledger.account")
    for name in ("06_try", "08_create_transfers"):
        script = (FOLDER / f"ledger_0001_{name}.sql").read_text()
        run_script(script.replace("create function", "create or replace function"))
    op.execute("revoke execute on function ledger.try_single from public")
    for name in NEW:
        op.execute(f"drop function ledger.{name}")
    op.execute("drop type ledger.standing")
