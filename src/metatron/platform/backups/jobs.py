"""The daily backup, and the hourly look whether there is one; operators hear of what fails."""

import asyncio
import contextlib
import io
import time
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import Event, publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.progress import Progress
from metatron.platform.backups.condition import look
from metatron.platform.backups.creation import Made, create_backup
from metatron.platform.backups.events import BackupFailed, BackupMade, BackupOverdue
from metatron.platform.backups.installation import Installation
from metatron.platform.backups.mail import FAILED, OVERDUE
from metatron.platform.backups.site import site
from metatron.platform.backups.state import AtWork, State
from metatron.platform.backups.wal_archive import WalArchive
from metatron.platform.tenancy.interface import mail_operators

log = structlog.get_logger(__name__)
CREATE = "backups.create"
WATCH = "backups.watch"
PATIENCE_SECONDS = 3_600.0
"""How long somebody else may be at work on the folder before that counts as a failure."""
LOOK_SECONDS = 5.0


async def create_daily(database: Database, context: Context, *, now: datetime) -> None:
    """Make a backup of this installation; a failure is announced, the first in a row mailed.

    Whoever is at work on the folder is waited for, and what they made is not made once more.
    """
    del now
    here = site()
    if here is None:
        return
    try:
        made = await _made_in_turn(here)
    except ProcessError as error:
        log.error("backup_failed", cause=error.cause, remedy=error.remedy)  # noqa: TRY400
        state = State(here.backups)
        is_first = state.notes().failed_at is None
        state.note(failed_at=utc_now().isoformat(), error=error.cause)
        words = {"cause": error.cause, "remedy": error.remedy}
        event: Event = BackupFailed(aggregate_id=PLATFORM_TENANT_ID, cause=error.cause)
        await _tell(database, context, event, template=FAILED if is_first else None, words=words)
        return
    if made is None:
        return
    log.info("backup_made", backup=made.manifest.name, bytes=made.manifest.size)
    event = BackupMade(
        aggregate_id=PLATFORM_TENANT_ID,
        backup=made.manifest.name,
        bytes=made.manifest.size,
        pruned=made.pruned,
    )
    await _tell(database, context, event)


async def _made_in_turn(here: Installation) -> Made | None:
    """Make a backup once the folder is free; None when there is a new one by then.

    Raises:
        ProcessError: it failed, or the folder was not free for an hour.
    """
    asked_at, ends = utc_now(), time.monotonic() + PATIENCE_SECONDS
    had_to_wait = False
    while True:
        if had_to_wait and await _is_new(here.backups, asked_at):
            log.info("backup_made_by_another")
            return None
        try:
            return await create_backup(here, at_once=False, progress=Progress(io.StringIO()))
        except AtWork:
            if time.monotonic() > ends:
                raise
            had_to_wait = True
            await asyncio.sleep(LOOK_SECONDS)


async def _is_new(backups: Path, asked_at: datetime) -> bool:
    """Tell whether a backup was finished since it was asked for, and no other is wanted."""
    newest_at = (await look(backups)).newest_at
    is_newer = newest_at is not None and newest_at >= asked_at
    return is_newer and not State(backups).is_backup_wanted()


async def watch(database: Database, context: Context, *, now: datetime) -> None:
    """Ask for a backup that cannot wait for the night; tell operators when one is overdue.

    Full files of the log are compressed meanwhile.
    """
    del now
    here = site()
    if here is None:
        return
    state, found, real_now = State(here.backups), await look(here.backups), utc_now()
    if found.notes.since is None:
        state.note(since=real_now.isoformat())
    await asyncio.to_thread(_compress, here.backups)
    if found.newest_at is None or found.has_failed or state.is_backup_wanted():
        async with database.transaction(context) as session:
            await enqueue(session, context, CREATE)
    if found.is_overdue(real_now) and found.notes.told_at is None:
        state.note(told_at=real_now.isoformat())
        log.error("backup_overdue", newest_at=found.newest_at)
        event = BackupOverdue(aggregate_id=PLATFORM_TENANT_ID, newest_at=found.newest_at)
        newest = found.newest_at.isoformat(timespec="minutes") if found.newest_at else "never"
        words = {"newest": newest, "error": found.notes.error or "none is noted"}
        await _tell(database, context, event, template=OVERDUE, words=words)


def _compress(backups: Path) -> None:
    with contextlib.suppress(ProcessError), State(backups).at_work(alone=True):
        for folder in sorted((backups / "wal").glob("*-*")):
            WalArchive(backups, folder.name.rpartition("-")[0]).compress()


async def _tell(
    database: Database,
    context: Context,
    event: Event,
    *,
    template: str | None = None,
    words: dict[str, str] | None = None,
) -> None:
    async with database.transaction(context, door="system") as session:
        await publish(session, context, event, now=utc_now())
        if template is not None:
            await _mail(session, context, template, words or {})


async def _mail(
    session: AsyncSession, context: Context, template: str, words: dict[str, str]
) -> None:
    await mail_operators(
        session, context, "status:read", template=template, path="/console", variables=words
    )
