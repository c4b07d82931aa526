"""The jobs of connections; thin, each calls a use case."""

from datetime import datetime
from uuid import UUID

from metatron.apps.amc.connections import due, health, listing, syncing
from metatron.apps.amc.connections.putting_off import NOT_NOW, put_off
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import Job, Schedule

RENEW_ALL_JOB = "amc.renew_ending_tokens"
SYNC_ALL_JOB = "amc.sync_connections"


async def renew_ending_tokens(database: Database, _context: Context, *, now: datetime) -> None:
    """Have the tokens renewed that end soon, in every tenant."""
    del now  # each tenant has a clock of its own
    await due.renew_ending(database)


async def renew_token(
    database: Database, context: Context, *, connection_id: str, now: datetime
) -> None:
    """Renew a token that ends soon."""
    await due.renew_if_ending(database, context, connection_id=UUID(connection_id), now=now)


async def sync_connections(database: Database, _context: Context, *, now: datetime) -> None:
    """Have every connection compared with Amazon's."""
    del now  # each tenant has a clock of its own
    await due.sync_all(database)


async def sync_connection(
    database: Database, context: Context, *, connection_id: str, now: datetime, times: int = 0
) -> None:
    """Compare a connection's accounts and instances with Amazon's, when it has time for that."""
    try:
        await syncing.sync(database, context, connection_id=UUID(connection_id), now=now)
    except NOT_NOW as error:
        if not await put_off(
            database, context, syncing.SYNC_JOB, error, times=times, connection_id=connection_id
        ):
            raise


async def list_data_sources(
    database: Database, context: Context, *, instance_id: str, now: datetime, times: int = 0
) -> None:
    """Ask which tables an instance has, when Amazon has time for that."""
    try:
        await listing.list_sources(database, context, instance_id=UUID(instance_id), now=now)
    except NOT_NOW as error:
        if not await put_off(
            database, context, listing.LIST_JOB, error, times=times, instance_id=instance_id
        ):
            raise


async def tell_of_broken_connection(
    database: Database, context: Context, *, connection_id: str, now: datetime
) -> None:
    """Mail whoever connected it."""
    await health.tell(database, context, connection_id=UUID(connection_id), now=now)


JOBS = (
    Job(RENEW_ALL_JOB, renew_ending_tokens, transactional=False),
    Job(due.RENEW_JOB, renew_token, transactional=False, most_attempts=3),
    Job(SYNC_ALL_JOB, sync_connections, transactional=False),
    Job(syncing.SYNC_JOB, sync_connection, transactional=False, most_attempts=8),
    Job(listing.LIST_JOB, list_data_sources, transactional=False, most_attempts=8),
    Job(health.TELL_JOB, tell_of_broken_connection, transactional=False),
)
SCHEDULES = (
    Schedule("amc_tokens", "*/10 * * * *", RENEW_ALL_JOB),
    Schedule("amc_sync", "23 4 * * *", SYNC_ALL_JOB),
)
