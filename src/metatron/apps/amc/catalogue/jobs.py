"""The jobs of the catalogue; thin, each calls a use case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.catalogue import importing
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import Job


async def import_catalogue(
    session: AsyncSession, context: Context, *, import_id: str, now: datetime
) -> None:
    """Read a kept file."""
    await importing.import_kept(session, context, import_id=UUID(import_id), now=now)


JOBS = (Job(importing.IMPORT_JOB, import_catalogue),)
