"""The jobs of connections; thin, each calls a use case."""

from datetime import datetime
from uuid import UUID

from metatron.apps.amc.connections import health
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import Job


async def tell_of_broken_connection(
    database: Database, context: Context, *, connection_id: str, now: datetime
) -> None:
    """Mail whoever connected it."""
    await health.tell(database, context, connection_id=UUID(connection_id), now=now)


JOBS = (Job(health.TELL_JOB, tell_of_broken_connection, transactional=False),)
