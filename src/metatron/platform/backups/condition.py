"""How the backups are: made in time, and the archive following."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from metatron.platform.backups.manifest import FILE
from metatron.platform.backups.server import SLOT
from metatron.platform.backups.state import Notes, State

LONGEST_AGE = timedelta(hours=26)
"""A day, and two hours for a night in which the machine had other things to do."""
LONGEST_SILENCE = timedelta(minutes=10)
_ARCHIVE = """
select active, wal_status, inactive_since,
       coalesce(pg_current_wal_lsn() - restart_lsn, 0)::bigint as behind_bytes
from pg_replication_slots where slot_name = $1
"""


@dataclass(frozen=True, slots=True)
class Condition:
    """The newest backup and what was noted since; instants are None where there is nothing."""

    newest_at: datetime | None
    notes: Notes

    @property
    def has_failed(self) -> bool:
        """Whether the newest try failed."""
        return self.notes.failed_after(self.newest_at)

    def is_overdue(self, now: datetime) -> bool:
        """Whether there should be a newer backup by now; a new installation has a day as well."""
        since = datetime.fromisoformat(self.notes.since) if self.notes.since else None
        counted = self.newest_at or since
        return counted is not None and now - counted > LONGEST_AGE


def condition_of(backups: Path) -> Condition:
    """Look at the folder of the backups: at names and small notes only."""
    times = sorted(file.stat().st_mtime for file in backups.glob(f"[0-9]*/{FILE}"))
    newest_at = datetime.fromtimestamp(times[-1], UTC) if times else None
    return Condition(newest_at, State(backups).notes())


async def archive_facts(pool: Any) -> dict[str, Any]:
    """Return whether the server's log is being archived, and how many bytes are still to come."""
    row = await pool.fetchrow(_ARCHIVE, SLOT)
    if row is None:
        return {"archiving": False}
    return {
        "archiving": row["active"],
        "archive_behind_bytes": row["behind_bytes"],
        "archive_silent_since": row["inactive_since"],
        "archive_lost": row["wal_status"] == "lost",
    }


async def look(backups: Path) -> Condition:
    """Do what `condition_of` does, in a thread."""
    return await asyncio.to_thread(condition_of, backups)
