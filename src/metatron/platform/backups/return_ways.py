"""The way back to an instant: which backup, which log, and what was reached in the end."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.progress import Progress
from metatron.platform.audit.interface import bring_checkpoints, set_aside_checkpoints
from metatron.platform.backups import catalogue, server
from metatron.platform.backups.archiver import PROGRAM
from metatron.platform.backups.catalogue import Backup, backup_of_name
from metatron.platform.backups.readying import make_ready
from metatron.platform.backups.recovery import Log, Recovery, TargetNotReached, unpacked
from metatron.platform.backups.wal_archive import Run, WalArchive, segment_name

CATCH_UP_SECONDS = 20.0
UNSEEN_SECONDS = 1.0
"""The archive follows at once; it can be waited for only where it shows how far it is."""
QUIET = timedelta(minutes=1)
"""An installation at work writes several times a minute; a longer silence is the archive's end."""


@dataclass(frozen=True, slots=True)
class Way:
    """A backup, and the log to play on top of it; `alone` plays none.

    `is_whole`: the archive is known to have all that was written before the instant.
    """

    backups: Path
    backup: Backup
    run: Run
    at: datetime | None
    alone: bool = False
    is_whole: bool = False


def find_way(
    backups: Path,
    *,
    at: datetime | None,
    name: str | None,
    now: datetime,
    is_whole: bool = False,
) -> Way:
    """Choose what leads to an instant; without one, to all that was ever archived.

    Args:
        backups: the folder of the backups.
        at: the instant, None for the newest there is.
        name: a backup to be brought back alone, or to begin with when there is an instant.
        now: the machine's time.
        is_whole: what `catch_up` told of this folder.

    Raises:
        ProcessError: the instant lies before the oldest backup or in the future; a part of the log
            is missing.
    """
    if at is not None and at > now:
        raise ProcessError(f"{at.isoformat()} has not been yet", "name an instant of the past")
    if name is not None and at is None:
        return Way(backups, backup_of_name(backups, name), Run(()), None, alone=True)
    chosen, after = catalogue.leading_to(backups, at or now)
    if name is not None:
        chosen, after = backup_of_name(backups, name), None
    manifest = chosen.manifest
    size = manifest.segment_bytes
    first = segment_name(manifest.timeline, manifest.wal_stop, size)
    last = None
    if after is not None:
        last = segment_name(after.manifest.timeline, after.manifest.wal_stop, size)
    run = WalArchive(backups, manifest.system_id).run_from(first, size, last=last)
    if at is None and run.missing is not None:
        raise missing(backups, run.missing)
    return Way(backups, chosen, run, at, is_whole=is_whole)


def missing(backups: Path, name: str) -> ProcessError:
    """Return the refusal that names a missing file of the log."""
    return ProcessError(
        f"the file {name} of the log is missing in {backups / 'wal'}",
        "bring it back, or restore to an instant before it, or one backup alone (--backup)",
    )


@dataclass(frozen=True, slots=True)
class Target:
    """The folder to fill, and what it will be called when it is done.

    Checkpoints signed after the instant are set aside in it as `cut_name`; `secret_keys` are put
    into it where the backup has none; `living`, the folder that was backed up, has the checkpoints
    kept since.
    """

    folder: Path
    final: Path
    cut_name: str
    secret_keys: str
    living: Path | None = None


async def follow(way: Way, target: Target, progress: Progress) -> tuple[Recovery, datetime]:
    """Fill a folder and leave its server running there.

    Returns:
        The running server, and up to which instant it has everything: the one asked for, or that
        of the newest transaction there is, if nobody can tell that none came between the two.

    Raises:
        ProcessError: the instant cannot be reached; what is in the way is named.
    """
    manifest, folder = way.backup.manifest, target.folder
    histories = WalArchive(way.backups, manifest.system_id).histories()
    await unpacked(way.backup, folder, Log(way.run.pieces, histories), progress)
    recovery = Recovery(folder, superuser=manifest.superuser, database_name=manifest.database_name)
    reached = way.at
    try:
        try:
            played = await recovery.play(at=way.at, alone=way.alone, progress=progress)
        except TargetNotReached:
            _require_end_after(way)
            played = await recovery.play(at=None, alone=False, progress=progress)
            reached = way.at if way.is_whole else None
        until = reached or played or manifest.started_at
        if target.living is not None and not way.alone:
            bring_checkpoints(target.living, folder)
        set_aside_checkpoints(folder, after=until, name=target.cut_name)
        await make_ready(
            recovery.superuser_dsn(), folder, final=target.final, secret_keys=target.secret_keys
        )
    except BaseException:
        recovery.stop(finished=False)
        raise
    return recovery, until


def _require_end_after(way: Way) -> None:
    """Refuse an instant that the archive does not reach; nothing happened before it is no gap."""
    assert way.at is not None, "only an instant can be missed"
    if way.run.missing is not None:
        raise missing(way.backups, way.run.missing)
    end = WalArchive(way.backups, way.backup.manifest.system_id).newest_at()
    if end is None or end < way.at - QUIET:
        told = end.isoformat(timespec="seconds") if end else way.backup.manifest.name
        raise ProcessError(
            f"the archived log ends at {told}, before {way.at.isoformat(timespec='seconds')}",
            "name an earlier instant, or bring back what is missing in wal/",
        )


async def catch_up(dsn: str | None) -> bool:
    """Wait until the archive has what a running server has written; tell whether it has it.

    A server that nobody archives is not waited for; without one nobody can tell.
    """
    if dsn is None:
        return False
    end = asyncio.get_running_loop().time() + CATCH_UP_SECONDS
    try:
        position = await server.position_now(dsn)
        while not (reached := await server.is_archived(dsn, position, PROGRAM)):
            if reached is None:
                await asyncio.sleep(UNSEEN_SECONDS)
                return False
            if asyncio.get_running_loop().time() > end:
                return False
            await asyncio.sleep(0.2)
    except ProcessError:
        return False
    return True


@asynccontextmanager
async def scratch(
    way: Way, *, secret_keys: str, progress: Progress
) -> AsyncIterator[tuple[Path, datetime]]:
    """Give a folder whose server runs, filled for a look; it is gone afterwards."""
    folder = way.backups / f"{catalogue.SCRATCH}{os.getpid()}"
    catalogue.clear(folder)
    try:
        target = Target(folder, folder, "later", secret_keys)
        recovery, until = await follow(way, target, progress)
        try:
            yield folder, until
        finally:
            recovery.stop(finished=False)
    finally:
        catalogue.clear(folder)
