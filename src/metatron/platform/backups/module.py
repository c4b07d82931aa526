"""The manifest of backups."""

from datetime import timedelta
from typing import Any

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.events.jobs import Job, Schedule, enqueue
from metatron.kernel.module import Module
from metatron.platform.backups.jobs import CREATE, WATCH, create_daily, watch
from metatron.platform.backups.site import prepare_site, site

FIRST_LOOK = timedelta(minutes=5)
"""After a worker's start: whoever has just started has other things to wait for."""


async def begin(runtime: Any) -> None:
    """Note what is backed up; the worker has a look a little later."""
    prepare_site(runtime.settings)
    if runtime.app is None and site() is not None:
        context = system_context()
        async with runtime.database.transaction(context) as session:
            await enqueue(session, context, WATCH, run_at=utc_now() + FIRST_LOOK)


MODULE = Module(
    name="backups",
    title="Backups",
    needs=("tenancy", "notifications", "audit", "ledger", "files"),
    jobs=(
        Job(CREATE, create_daily, transactional=False, most_attempts=3, waits=True),
        Job(WATCH, watch, transactional=False, most_attempts=3),
    ),
    schedules=(
        Schedule("backups.create", "17 2 * * *", CREATE),
        Schedule("backups.watch", "47 * * * *", WATCH),
    ),
    startup=(begin,),
)
