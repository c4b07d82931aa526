"""The module's jobs; thin, they call a use case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import Job, Schedule
from metatron.platform.files import attaching, sweeping
from metatron.platform.files.storing import EXPIRE_JOB

SWEEP_JOB = "files.sweep"


async def expire(session: AsyncSession, context: Context, *, file_id: str, now: datetime) -> None:
    """Delete a file that was attached to nothing in time."""
    await attaching.expire(session, context, file_id=UUID(file_id), now=now)


async def sweep(database: Database, _context: Context, *, now: datetime) -> None:
    """Tidy the folder of all tenants."""
    del now  # the folder knows the machine's time alone
    await sweeping.sweep(database, machine_now=utc_now())


JOBS = (
    Job(EXPIRE_JOB, expire),
    Job(SWEEP_JOB, sweep, transactional=False),
)
SCHEDULES = (Schedule("files_sweep", "17 * * * *", SWEEP_JOB),)
