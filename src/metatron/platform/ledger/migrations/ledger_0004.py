"""Booking a batch takes as long as the batch is, also in books that were never analysed."""

from pathlib import Path

from metatron.kernel.database.scripts import run_script

revision = "ledger_0004"
down_revision = "ledger_0003"
branch_labels = None
depends_on = None

FOLDER = Path(__file__).parent


def upgrade() -> None:
    """Put the new functions in place of the old ones; their rights stay."""
    run_script(FOLDER / "ledger_0004_01_write.sql")


def downgrade() -> None:
    """Go the former ways again."""
    script = (FOLDER / "ledger_0003_02_write.sql").read_text()
    run_script(script.partition("-- By event time:")[0])
    script = (FOLDER / "ledger_0001_04_write.sql").read_text()
    book = script.partition("-- Stores the transfers")[2]
    run_script("--" + book.replace("create function", "create or replace function"))
