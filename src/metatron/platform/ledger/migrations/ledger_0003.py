"""Entries without a column for their event time; plain ways with fewer statements."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import append_only, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "ledger_0003"
down_revision = "ledger_0002"
branch_labels = None
depends_on = None

FOLDER = Path(__file__).parent
TABLES = ("entry", "entry_event")
NEW = ("is_plain", "book_plain")
DROPPED = ("move_one", "move_many", "is_plain", "book_plain")
BEFORE = (
    "ledger_0001_04_write",
    "ledger_0001_11_points_in_time",
    "ledger_0002_01_one",
    "ledger_0002_02_plain",
    "ledger_0002_03_create_transfers",
)
"""Scripts that hold the functions as they were."""


def upgrade() -> None:
    """Carry the entries over and put the new functions in place; the doors keep their rights."""
    run_script(FOLDER / "ledger_0003_01_entries.sql")
    _secure(TABLES)
    for name in DROPPED:
        op.execute(f"drop function ledger.{name}")
    for script in sorted(FOLDER.glob("ledger_0003_0[2-9]_*.sql")):
        run_script(script)
    for name in NEW:
        op.execute(f"revoke execute on function ledger.{name} from public")
    op.execute("drop type ledger.standing")


def downgrade() -> None:
    """Carry the entries back and go the former ways again."""
    run_script(FOLDER / "ledger_0003_back.sql")
    _secure(TABLES[:1])
    for name in NEW:
        op.execute(f"drop function ledger.{name}")
    for name in BEFORE:
        script = (FOLDER / f"{name}.sql").read_text()
        script = script.replace("create function", "create or replace function")
        run_script(_without(script, "create type ledger.balance as (", ");\n"))
    for name in DROPPED:
        op.execute(f"revoke execute on function ledger.{name} from public")


def _secure(tables: tuple[str, ...]) -> None:
    for table in tables:
        secure_tenant_table(op.execute, f"ledger.{table}", app="select")
    append_only(op.execute, [f"ledger.{table}" for table in tables])


def _without(script: str, begin: str, end: str) -> str:
    """Leave out a definition that is still there."""
    before, found, rest = script.partition(begin)
    return before + rest.partition(end)[2] if found else script
