"""Collecting: the due segments of a collection are asked for, a few at a time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.collections.delivering import deliver_kept
from metatron.apps.amc.collections.errors import CollectionNotFound
from metatron.apps.amc.collections.growing import extend
from metatron.apps.amc.collections.loading import load
from metatron.apps.amc.collections.makers import maker_of, rest_without_maker
from metatron.apps.amc.collections.outcomes import bear_failure
from metatron.apps.amc.collections.tables import RUNNING, Collection, Segment
from metatron.apps.amc.connections.errors import InstanceNotFound
from metatron.apps.amc.permissions import RUN
from metatron.apps.amc.runs.asking import Origin, Wish, ask
from metatron.apps.amc.runs.sources import query_of_workflow
from metatron.apps.amc.runs.windows import Explicit, Span
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import DomainError, PermissionDenied

MOST_UNDER_WAY = 5
_UNDER_WAY = text("""
select count(*) from amc.collection_segment cs
join amc.segment s on s.tenant_id = cs.tenant_id and s.id = cs.segment_id
where cs.tenant_id = :tenant_id and cs.collection_id = :collection_id and s.state = 'running'
""")
_DUE = text("""
select s.id from amc.collection_segment cs
join amc.segment s on s.tenant_id = cs.tenant_id and s.id = cs.segment_id
where cs.tenant_id = :tenant_id and cs.collection_id = :collection_id and s.due_at <= :now
order by s.starts, s.instance_id limit :room for update of s skip locked
""")
WITHOUT_GRANT = "Whoever made this collection may not run queries on this client any more."
_CLIENT = text("""
select values, value_sources from amc.collection_client
where tenant_id = :tenant_id and collection_id = :collection_id and instance_id = :instance_id
""")


async def collect_due(
    database: Database, context: Context, *, collection_id: UUID, now: datetime | None = None
) -> int:
    """Ask for a collection's due segments with the rights that its maker holds now.

    Without `now` it is what the organisation's clock says. Returns how many runs there are more.
    """
    maker = await maker_of(database, context, collection_id)
    if maker is None:
        return 0
    async with database.transaction(context) as session:
        at = now or await session_now(session)
        return await collect(session, context, collection_id=collection_id, maker=maker, now=at)


async def collect(
    session: AsyncSession, context: Context, *, collection_id: UUID, maker: Context, now: datetime
) -> int:
    """Ask for as many due segments as there is room for, and deliver what has come of others.

    Returns how many runs there are more.

    `maker` is the system in the name of whoever made it; a collection that is another's by now
    is let be, as who took it over has had it looked at. The collection's row is locked meanwhile:
    however many workers come, each sees what the others have asked for.
    """
    try:
        collection = await load(session, context, collection_id)
    except CollectionNotFound:
        return 0
    await deliver_kept(session, context, collection, now=now)
    if collection.paused_at is not None or collection.created_by not in {None, maker.actor_id}:
        return 0
    if not maker.allows(RUN):
        await rest_without_maker(session, context, collection, now=now)
        return 0
    await extend(session, context, collection, now=now)
    asked = 0
    for segment in await _claim(session, collection, now):
        asked += await _ask(session, context, collection, segment, maker=maker, now=now)
    return asked


async def _claim(session: AsyncSession, collection: Collection, now: datetime) -> list[Segment]:
    key = {"tenant_id": collection.tenant_id, "collection_id": collection.id}
    room = MOST_UNDER_WAY - int((await session.execute(_UNDER_WAY, key)).scalar_one())
    if room <= 0:
        return []
    ids = list((await session.scalars(_DUE, key | {"now": now, "room": room})).all())
    # Clients in one order for all: asking locks their queues.
    query = (
        select(Segment)
        .where(Segment.tenant_id == collection.tenant_id, Segment.id.in_(ids))
        .order_by(Segment.instance_id, Segment.starts)
        .execution_options(populate_existing=True)
    )
    return list((await session.scalars(query)).all())


async def _ask(
    session: AsyncSession,
    context: Context,
    collection: Collection,
    segment: Segment,
    *,
    maker: Context,
    now: datetime,
) -> int:
    # It runs in its maker's name, who may have workflows that nobody else sees.
    try:
        async with session.begin_nested():
            wish = await _wish(session, maker, collection, segment)
            run = await ask(session, maker, wish=wish, now=now)
    except (PermissionDenied, InstanceNotFound):
        await bear_failure(session, context, segment, reason=WITHOUT_GRANT, now=now)
        return 0
    except DomainError as error:
        await bear_failure(session, context, segment, reason=error.detail, now=now)
        return 0
    segment.state, segment.run_id, segment.due_at, segment.problem = RUNNING, run.id, None, None
    segment.version += 1
    await session.flush()
    return 1


async def _wish(
    session: AsyncSession, maker: Context, collection: Collection, segment: Segment
) -> Wish:
    query = await query_of_workflow(
        session, maker, workflow_id=collection.workflow_id, number=collection.workflow_version
    )
    key = {"tenant_id": collection.tenant_id, "collection_id": collection.id}
    asked = key | {"instance_id": segment.instance_id}
    client: Any = (await session.execute(_CLIENT, asked)).one()
    span = Span(segment.starts, segment.ends)
    return Wish(
        segment.instance_id, query.with_privacy(collection.privacy), Explicit(**span.as_json()),
        client.values, client.value_sources, origin=Origin("run_set", collection.id), span=span,
        time_zone=collection.time_zone,
    )  # fmt: skip
