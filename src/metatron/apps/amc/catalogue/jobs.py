"""The jobs of the catalogue; thin, each calls a use case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.catalogue import fetching, importing
from metatron.apps.amc.catalogue.files import Subject
from metatron.apps.amc.connections.putting_off import MOST_TIMES, NOT_NOW, put_off
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import Job


async def import_catalogue(
    session: AsyncSession, context: Context, *, import_id: str, now: datetime
) -> None:
    """Read a kept file."""
    await importing.import_kept(session, context, import_id=UUID(import_id), now=now)


async def fetch_catalogue(
    database: Database,
    context: Context,
    *,
    import_id: str,
    connection_id: str,
    subject: Subject,
    now: datetime,
    times: int = 0,
) -> None:
    """Fill the catalogue from Amazon, when it has time for that."""
    try:
        await fetching.fetch(
            database, context, import_id=UUID(import_id), connection_id=UUID(connection_id),
            subject=subject, now=now, waits=times < MOST_TIMES,
        )  # fmt: skip
    except NOT_NOW as error:
        await put_off(
            database, context, fetching.FETCH_JOB, error, times=times, import_id=import_id,
            connection_id=connection_id, subject=subject,
        )  # fmt: skip


JOBS = (
    Job(importing.IMPORT_JOB, import_catalogue),
    Job(fetching.FETCH_JOB, fetch_catalogue, transactional=False),
)
