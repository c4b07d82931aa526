"""Segments as rows: one in the whole organisation, for every collection that wants it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.collections.events import CollectionChanged
from metatron.apps.amc.collections.planning import OLDEST_DAYS, present_end, today_in
from metatron.apps.amc.collections.segments import (
    Calendar,
    begins_at,
    over_at,
    settles_at,
    spans,
)
from metatron.apps.amc.collections.tables import Collection
from metatron.apps.amc.runs.windows import DAY, Span
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id

# In one order for all, so that two who add the same wait for each other and not both.
_ADD = text("""
insert into amc.segment (tenant_id, id, workflow_id, workflow_version, parameters_hash,
  instance_id, time_zone, starts, ends, settles_at, state, due_at)
select c.tenant_id, x.id, cast(:workflow_id as uuid), cast(:workflow_version as bigint),
  c.parameters_hash, c.instance_id, cast(:time_zone as text), x.starts, x.ends, x.settles_at,
  'waiting', x.over_at
from unnest(cast(:ids as uuid[]), cast(:instance_ids as uuid[]), cast(:starts as timestamp[]),
  cast(:ends as timestamp[]), cast(:settles as timestamptz[]), cast(:overs as timestamptz[]))
  x (id, instance_id, starts, ends, settles_at, over_at)
join amc.collection_client c on c.tenant_id = cast(:tenant_id as uuid)
  and c.collection_id = cast(:collection_id as uuid) and c.instance_id = x.instance_id
order by x.instance_id, x.starts
on conflict on constraint segment_once_uq do nothing
""")
_BELONG = text("""
insert into amc.collection_segment (tenant_id, collection_id, segment_id)
select c.tenant_id, c.collection_id, s.id
from amc.collection_client c
cross join unnest(cast(:starts as timestamp[]), cast(:ends as timestamp[])) x (starts, ends)
join amc.segment s on s.tenant_id = c.tenant_id and s.workflow_id = cast(:workflow_id as uuid)
  and s.workflow_version = cast(:workflow_version as bigint)
  and s.parameters_hash = c.parameters_hash and s.instance_id = c.instance_id
  and s.time_zone = cast(:time_zone as text) and s.starts = x.starts and s.ends = x.ends
where c.tenant_id = cast(:tenant_id as uuid) and c.collection_id = cast(:collection_id as uuid)
on conflict do nothing
""")


def calendar_of(collection: Collection) -> Calendar:
    """Return how a collection cuts time."""
    return Calendar(collection.unit, collection.week_starts_on)


async def add_segments(
    session: AsyncSession, collection: Collection, clients: Sequence[UUID], cut: Sequence[Span]
) -> None:
    """Give a collection segments; those that another one has already are shared with it."""
    key: dict[str, Any] = {
        "tenant_id": collection.tenant_id, "collection_id": collection.id,
        "workflow_id": collection.workflow_id, "workflow_version": collection.workflow_version,
        "time_zone": collection.time_zone,
    }  # fmt: skip
    each = [(client, span) for client in clients for span in cut]
    zone = collection.time_zone
    settling = {span: settles_at(span, zone, collection.lag_days) for span in cut}
    over = {span: over_at(span, zone) for span in cut}
    rows = {
        "ids": [new_id() for _ in each],
        "instance_ids": [client for client, _ in each],
        "starts": [span.start for _, span in each],
        "ends": [span.end for _, span in each],
        "settles": [settling[span] for _, span in each],
        "overs": [over[span] for _, span in each],
    }
    await session.execute(_ADD, key | rows)
    both = {"starts": [span.start for span in cut], "ends": [span.end for span in cut]}
    await session.execute(_BELONG, key | both)


async def extend(
    session: AsyncSession, context: Context, collection: Collection, *, now: datetime
) -> None:
    """Add what has begun since to a collection that continues."""
    if collection.next_segment_at is None or collection.next_segment_at > now:
        return
    calendar, today = calendar_of(collection), today_in(collection.time_zone, now)
    ended = present_end(calendar, today)
    begun = max(collection.to_on, calendar.covering(today - DAY * OLDEST_DAYS))
    cut = list(spans(calendar, begun, ended))
    await add_segments(session, collection, await clients_of(session, collection), cut)
    collection.to_on = ended
    collection.next_segment_at = begins_at(ended, collection.time_zone)
    collection.updated_at = now
    collection.version += 1
    await session.flush()
    event = CollectionChanged(aggregate_id=collection.id, change="extended")
    await publish(session, context, event, now=now)


_CLIENTS = text("""
select instance_id from amc.collection_client
where tenant_id = :tenant_id and collection_id = :collection_id order by instance_id
""")


async def clients_of(session: AsyncSession, collection: Collection) -> list[UUID]:
    """Return a collection's clients."""
    key = {"tenant_id": collection.tenant_id, "collection_id": collection.id}
    return list((await session.scalars(_CLIENTS, key)).all())
