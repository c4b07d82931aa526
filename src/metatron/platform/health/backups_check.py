"""Are backups made in time, and does the archive of the log follow?"""

from pathlib import Path
from typing import Any

from metatron.kernel.clock import utc_now
from metatron.platform.backups.interface import LONGEST_SILENCE, archive_facts, look
from metatron.platform.health.checks import Check, Outcome


def backups_check(pool: Any, backups: Path) -> Check:
    """Ask how old the newest backup is, whether the last try failed, and what is not archived."""

    async def ask() -> Outcome:
        found, archive, now = await look(backups), await archive_facts(pool), utc_now()
        silent = archive.get("archive_silent_since")
        is_silent = silent is not None and now - silent > LONGEST_SILENCE
        is_bad = found.has_failed or found.is_overdue(now) or is_silent
        facts = {"newest_backup_at": found.newest_at, "backup_error": found.notes.error, **archive}
        return Outcome("degraded" if is_bad else "healthy", facts)

    return Check("backups", ask)
