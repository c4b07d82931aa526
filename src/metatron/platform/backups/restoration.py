"""Bringing back an installation: into a new data folder, or into the place of the old one."""

import asyncio
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.instance_lock import InstanceLock
from metatron.kernel.process.progress import Progress
from metatron.platform.backups.catalogue import clear
from metatron.platform.backups.data_files import bring_newer
from metatron.platform.backups.manifest import backup_name
from metatron.platform.backups.recovery import ServerDoesNotStart
from metatron.platform.backups.return_ways import Target, Way, follow
from metatron.platform.backups.state import flush_folder

RESTORING = ".restoring"


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """Where an installation now is, up to which instant it has everything.

    `replaced` is where the folder went that was there before.
    """

    folder: Path
    until: datetime
    replaced: Path | None


async def restore_installation(
    way: Way,
    *,
    to: Path,
    living: Path | None,
    replace: bool,
    secret_keys: str,
    now: datetime,
    progress: Progress,
) -> BroughtBack:
    """Fill a data folder from a backup and the archived log.

    It is filled beside and renamed when it is whole; what is cut short leaves `to` as it was.

    Args:
        way: what leads to the instant.
        to: the data folder; its server must not run.
        living: the data folder that was backed up, if it is still there: files that came after
            the backup are taken from it.
        replace: let `to` be filled already; what is there is set aside beside it.
        secret_keys: the keys of secrets, where the backup has none of its own.
        now: the machine's time.
        progress: is told of each step.

    Raises:
        ProcessError: `to` is in use, or filled and not to be replaced; the instant cannot be
            reached.
    """
    aside = to.with_name(f"{to.name}{RESTORING}")
    filled = _is_filled(to)
    if filled and not replace:
        raise ProcessError(
            f"{to} is not empty",
            "name a new folder with --to DIR, or say --replace to set it aside",
        )
    lock = InstanceLock(to) if filled else None
    if lock is not None:
        lock.acquire()
    try:
        await asyncio.to_thread(clear, aside)
        stamp = backup_name(now)
        target = Target(aside, to, f"cut-{stamp}", secret_keys, living)
        try:
            recovery, until = await follow(way, target, progress)
        except ServerDoesNotStart:
            raise
        except ProcessError:
            await asyncio.to_thread(clear, aside)
            raise
        recovery.stop(finished=True)
        if living is not None and not way.alone:
            with progress.step("newer files of the data folder"):
                bring_newer(living, aside)
        # What was unpacked is not flushed file by file.
        await asyncio.to_thread(os.sync)
        replaced = _put_in_place(aside, to, stamp, filled=filled)
    finally:
        if lock is not None:
            lock.release()
    return BroughtBack(to, until, replaced)


def _is_filled(folder: Path) -> bool:
    return folder.exists() and any(folder.iterdir())


def _put_in_place(aside: Path, to: Path, stamp: str, *, filled: bool) -> Path | None:
    replaced = to.with_name(f"{to.name}.replaced-{stamp}") if filled else None
    if replaced is not None:
        to.rename(replaced)
    elif to.exists():
        to.rmdir()
    aside.rename(to)
    if replaced is not None and (replaced / "backups").exists():
        (replaced / "backups").rename(to / "backups")
    flush_folder(to.parent)
    return replaced
