"""The manifest of the ledger."""

from pathlib import Path

from metatron.kernel.module import Module, Retention
from metatron.platform.ledger.jobs import JOBS, SCHEDULES

TABLES = (
    "account",
    "transfer",
    "entry",
    "entry_event",
    "resolution",
    "deadline",
    "failed_id",
    "seal",
)

MODULE = Module(
    name="platform.ledger",
    title="Ledger",
    jobs=JOBS,
    schedules=SCHEDULES,
    retention=tuple(Retention(f"ledger.{table}", None) for table in (*TABLES, "seal_horizon")),
    global_tables=("ledger.seal_horizon",),
    migrations=Path(__file__).parent / "migrations",
)
