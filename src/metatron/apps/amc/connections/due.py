"""Looking through all tenants for what is due: tokens to renew, connections to compare."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import structlog

from metatron.apps.amc.amazon.errors import AmazonError
from metatron.apps.amc.connections.errors import (
    AmazonAway,
    ConnectionNotFound,
    ConnectionNotUsable,
)
from metatron.apps.amc.connections.renewing import held_token, renew
from metatron.apps.amc.connections.syncing import SYNC_JOB
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.holdings import Holdings
from metatron.kernel.errors import Busy
from metatron.kernel.events.jobs import enqueue

log = structlog.get_logger(__name__)
RENEW_JOB = "amc.renew_token"
LEFT = timedelta(minutes=20)
"""A token with less left is renewed by the next tick."""
MOST_AT_ONCE = 5_000
_HOLDS = "select exists (select from amc.connection where state = 'healthy')"

_ENDING = """
select c.tenant_id, c.id from amc.connection c left join kernel.tenant_clock k using (tenant_id)
where c.state = 'healthy' and (c.access_expires_at is null or c.access_expires_at
  < now() + make_interval(secs => coalesce(k.offset_seconds, 0)) + $2::interval)
order by c.access_expires_at limit $1
"""
_HEALTHY = """
select c.tenant_id, c.id from amc.connection c
where c.state = 'healthy' order by c.tenant_id, c.id limit $1
"""


async def renew_ending(database: Database) -> int:
    """Have all tokens renewed that end within `LEFT`, in every database; returns how many."""
    return await _fan_out(database, RENEW_JOB, _ENDING, LEFT)


async def sync_all(database: Database) -> int:
    """Have all healthy connections compared with Amazon's; returns how many."""
    return await _fan_out(database, SYNC_JOB, _HEALTHY)


async def _fan_out(database: Database, job: str, query: str, *arguments: object) -> int:
    asked = 0
    for pool in await database.keep(Holdings).sources(_HOLDS):
        try:
            rows = await pool.fetch(query, MOST_AT_ONCE, *arguments)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, Busy) as error:
            # A tenant's own database that is away must not stop the others.
            if pool is database.system:
                raise
            log.warning("amc_connections_not_swept", error=type(error).__name__)
            continue
        for row in rows:
            context = system_context(row["tenant_id"])
            async with database.transaction(context) as session:
                await enqueue(session, context, job, connection_id=row["id"])
        asked += len(rows)
    return asked


async def renew_if_ending(
    database: Database, context: Context, *, connection_id: UUID, now: datetime
) -> None:
    """Renew a token that ends within `LEFT`; what does not succeed waits for the next tick."""
    try:
        held = await held_token(database, context, connection_id, now=now)
        if held.expires_at < now + LEFT:
            await renew(database, context, connection_id, refused=held.number, now=now)
    except (ConnectionNotFound, ConnectionNotUsable, AmazonAway, AmazonError) as error:
        log.warning("amc_token_not_renewed", connection_id=str(connection_id), reason=str(error))
