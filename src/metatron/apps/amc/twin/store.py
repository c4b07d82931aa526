"""The local AMC's books in SQLite: what it answered with success survives kill -9."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).with_name("schema.sql")

type Row = dict[str, Any]


class Store:
    """One connection, used by one event loop; writers take the lock at the start."""

    def __init__(self, path: Path) -> None:
        """Open or create the file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        # It holds secrets of clients: nobody else on the machine may read it.
        path.touch(mode=0o600)
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        self._connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
            self._connection.execute(f"pragma {pragma}")
        self._connection.executescript(SCHEMA.read_text(encoding="utf-8"))
        known = {row["name"] for row in self.rows("pragma table_info(execution)")}
        if "rows_scanned" not in known:  # books of an earlier version
            self.execute("alter table execution add column rows_scanned integer")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is written inside, or nothing of it."""
        self._connection.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")

    def rows(self, sql: str, *values: object) -> list[Row]:
        """Return all rows of a statement."""
        return [dict(row) for row in self._connection.execute(sql, values)]

    def row(self, sql: str, *values: object) -> Row | None:
        """Return the first row of a statement, or None."""
        found = self._connection.execute(sql, values).fetchone()
        return None if found is None else dict(found)

    def execute(self, sql: str, *values: object) -> int:
        """Run one statement; returns how many rows it touched."""
        return self._connection.execute(sql, values).rowcount

    def meta(self, name: str) -> str | None:
        """Return one durable setting."""
        found = self.row("select value from meta where name = ?", name)
        return None if found is None else str(found["value"])

    def set_meta(self, name: str, value: str) -> None:
        """Keep one durable setting."""
        self.execute("insert or replace into meta values (?, ?)", name, value)

    def now(self) -> float:
        """Return the local AMC's clock in seconds since 1970; chaos may set it ahead."""
        return time.time() + float(self.meta("clock_offset_seconds") or 0)
