"""Sends a module's events over its stream once more, out of the log."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from metatron.kernel.database.database import Database
from metatron.kernel.events.feed import id_at
from metatron.kernel.events.log_tenants import WITH_TENANTS
from metatron.kernel.streams.noting import note

AT_ONCE = 500
_TENANTS = f"""
{WITH_TENANTS}
select tenant_id from tenant where tenant_id is not null
"""
# In the sequence in which they were inserted, as at first. Ids tell when an event was announced;
# what a tenant's clock said then may be another time.
_EVENTS = """
select tenant_id, id, name, aggregate_id, occurred_at, payload from kernel.event
where tenant_id = $1 and id >= $2 and id < $3 and split_part(name, '.', 1) = $4 order by position
"""


async def replay(
    database: Database,
    module: str,
    *,
    since: datetime,
    until: datetime,
    tenant_id: UUID | None = None,
) -> int:
    """Number anew what a module announced from `since` to before `until`; returns how much.

    Entries carry the events' own ids and `replayed`, so that who has handled them leaves them out.
    The publisher of the worker takes them to Redis.
    """
    count = 0
    async for rows in _portions(database, module, id_at(since), id_at(until), tenant_id):
        async with database.system.acquire() as home, home.transaction():
            await note(home, rows, replayed=True)
        count += len(rows)
    return count


async def _portions(
    database: Database, module: str, first: UUID, end: UUID, tenant_id: UUID | None
) -> AsyncIterator[list[asyncpg.Record]]:
    for source in await database.outboxes():
        found = [row["tenant_id"] for row in await source.fetch(_TENANTS)]
        for tenant in found if tenant_id is None else [each for each in found if each == tenant_id]:
            async with source.acquire() as connection, connection.transaction():
                asked: Any = connection.cursor(_EVENTS, tenant, first, end, module)
                cursor = await asked
                while rows := await cursor.fetch(AT_ONCE):
                    yield rows
