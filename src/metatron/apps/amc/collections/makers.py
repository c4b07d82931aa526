"""In whose name a collection runs, and what happens when they may run nothing any more."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.collections.events import CollectionChanged
from metatron.apps.amc.collections.tables import MAKER_GONE, Collection
from metatron.apps.amc.connections.acting import in_name_of
from metatron.apps.amc.permissions import RUN
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue

TELL_JOB = "amc.tell_of_resting_collection"


async def maker_of(database: Database, context: Context, collection_id: UUID) -> Context | None:
    """Return the context of a collection's maker as they stand now; None without a collection."""
    async with database.transaction(context) as session:
        collection = await session.get(Collection, (context.tenant_id, collection_id))
    if collection is None:
        return None
    maker = await in_name_of(database, context, collection.created_by)
    return maker if maker.actor_id else replace(maker, permissions=frozenset({RUN}))


async def rest_without_maker(
    session: AsyncSession, context: Context, collection: Collection, *, now: datetime
) -> None:
    """Pause a locked collection whose maker may not run it, and have people told of it.

    Who resumes it takes it over.
    """
    collection.paused_at, collection.pause_reason = now, MAKER_GONE
    collection.version += 1
    collection.updated_at = now
    await session.flush()
    event = CollectionChanged(aggregate_id=collection.id, change="paused")
    await publish(session, context, event, now=now)
    await enqueue(session, context, TELL_JOB, collection_id=collection.id)
