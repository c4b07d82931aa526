"""The provider's books in SQLite: what was answered with success survives kill -9."""

import asyncio
import hashlib
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from metatron.platform.payments.sandbox.statements import INSERT

SCHEMA = Path(__file__).with_name("schema.sql")

type Row = dict[str, Any]


class Store:
    """One connection, used by one event loop; writers take the lock at the start."""

    def __init__(self, path: Path, *, seed: int | None) -> None:
        """Open or create the file; keep `seed`, or draw one, the first time."""
        path.parent.mkdir(parents=True, exist_ok=True)
        # The books hold the webhook secrets: nobody else on the machine may read them.
        path.touch(mode=0o600)
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        self._connection.row_factory = sqlite3.Row
        # FULL: an answer leaves only after its transaction is on disk, also when power is cut.
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
            self._connection.execute(f"pragma {pragma}")
        self._connection.executescript(SCHEMA.read_text(encoding="utf-8"))
        drawn = secrets.randbits(48) if seed is None else seed
        self._connection.execute("insert or ignore into meta values ('seed', ?)", (str(drawn),))
        self.seed = int(self.meta("seed") or drawn)
        self.changed = asyncio.Event()
        """Set when rows have changed, for whoever waits for work."""

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is written inside, or nothing of it."""
        before = self._connection.total_changes
        self._connection.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")
        self._note_change(before)

    def rows(self, sql: str, *values: object) -> list[Row]:
        """Return all rows of a statement."""
        return [dict(row) for row in self._connection.execute(sql, values)]

    def row(self, sql: str, *values: object) -> Row | None:
        """Return the first row of a statement, or None."""
        found = self._connection.execute(sql, values).fetchone()
        return None if found is None else dict(found)

    def insert(self, table: str, values: Row) -> None:
        """Insert one row; `values` has every column the table's statement names."""
        self._connection.execute(INSERT[table], values)

    def execute(self, sql: str, *values: object) -> None:
        """Run one statement that returns nothing."""
        before = self._connection.total_changes
        self._connection.execute(sql, values)
        self._note_change(before)

    def _note_change(self, before: int) -> None:
        if self._connection.total_changes != before:
            self.changed.set()

    def meta(self, name: str) -> str | None:
        """Return one durable setting."""
        found = self.row("select value from meta where name = ?", name)
        return None if found is None else str(found["value"])

    def set_meta(self, name: str, value: str) -> None:
        """Keep one durable setting."""
        self.execute("insert or replace into meta values (?, ?)", name, value)

    def new_id(self, prefix: str) -> str:
        """Return the next id of this data folder, repeatable from its seed; in a transaction."""
        number = int(self.meta("sequence") or 0) + 1
        self.set_meta("sequence", str(number))
        digest = hashlib.sha256(f"{self.seed}:{number}".encode()).hexdigest()
        return f"{prefix}_{digest[:24]}"

    def now(self) -> float:
        """Return the provider's clock in seconds since 1970; the control desk may move it."""
        held_at = self.meta("clock_held_at")
        begun = time.time() if held_at is None else float(held_at)
        return begun + float(self.meta("clock_offset_seconds") or 0)

    def clock_is_held(self) -> bool:
        """Tell whether time passes only when the control desk says so."""
        return self.meta("clock_held_at") is not None
