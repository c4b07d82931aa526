"""The job of boards; thin, it calls a use case."""

from datetime import datetime

from metatron.apps.amc.boards import sweeping
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import Job, Schedule

SWEEP_JOB = "amc.sweep_snapshots"


async def sweep_snapshots(database: Database, _context: Context, *, now: datetime) -> None:
    """Delete snapshots that have expired."""
    del now  # each tenant has a clock of its own, counted from the machine's
    await sweeping.sweep(database, now=utc_now())


JOBS = (Job(SWEEP_JOB, sweep_snapshots, transactional=False),)
SCHEDULES = (Schedule("amc_snapshots", "23 * * * *", SWEEP_JOB),)
