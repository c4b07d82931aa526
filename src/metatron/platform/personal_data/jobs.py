"""The module's jobs; thin, they call a use case."""

from datetime import datetime
from uuid import UUID

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import Job
from metatron.platform.personal_data import erasing, exporting
from metatron.platform.personal_data.requests import ERASE_PERSON, EXPORT


async def export_as_job(
    database: Database, context: Context, *, request_id: str, now: datetime
) -> None:
    """Make a copy."""
    await exporting.export_person(database, context, request_id=UUID(request_id), now=now)


async def erase_as_job(
    database: Database, context: Context, *, request_id: str, now: datetime
) -> None:
    """Erase a person."""
    await erasing.erase_person(database, context, request_id=UUID(request_id), now=now)


JOBS = (
    Job(EXPORT, export_as_job, transactional=False),
    Job(ERASE_PERSON, erase_as_job, transactional=False),
)
