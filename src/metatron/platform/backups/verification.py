"""Rehearsing a backup: every file is read, its server is started, books and logs are checked."""

import asyncio
from dataclasses import dataclass

from metatron.kernel.process.progress import Progress
from metatron.platform.backups.catalogue import Backup
from metatron.platform.backups.examination import Examined, examine
from metatron.platform.backups.manifest import differences
from metatron.platform.backups.return_ways import Way, scratch
from metatron.platform.backups.wal_archive import Run
from metatron.platform.tenancy.interface import Compose


@dataclass(frozen=True, slots=True)
class Verified:
    """What a rehearsal found; `examined` is None when files are damaged: nothing is started."""

    damaged: list[str]
    examined: Examined | None

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.damaged and self.examined is not None and not self.examined.findings


async def verify_backup(
    backup: Backup, compose: Compose, *, secret_keys: str, progress: Progress
) -> Verified:
    """Rehearse one backup, alone, in a scratch folder beside it.

    Args:
        backup: which.
        compose: the composition root's word on which modules there are.
        secret_keys: the keys of secrets, where the backup has none of its own.
        progress: is told of each step.

    Raises:
        ProcessError: its server does not start.
    """
    with progress.step("reading every file"):
        damaged = await asyncio.to_thread(differences, backup.folder, backup.manifest)
    if damaged:
        return Verified(damaged, None)
    way = Way(backup.folder.parent, backup, Run(()), None, alone=True)
    async with scratch(way, secret_keys=secret_keys, progress=progress) as (folder, _):
        with progress.step("books and audit log"):
            examined = await examine(folder, compose)
    return Verified([], examined)
