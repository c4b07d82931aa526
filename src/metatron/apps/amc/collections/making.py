"""Making a collection: values settled, segments laid out, the first of them asked for."""

from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.collections.binding import Bound, bound_client
from metatron.apps.amc.collections.events import CollectionChanged
from metatron.apps.amc.collections.growing import add_segments, calendar_of
from metatron.apps.amc.collections.outcomes import COLLECT_JOB
from metatron.apps.amc.collections.planning import days_of
from metatron.apps.amc.collections.schemas import NewCollectionBody
from metatron.apps.amc.collections.segments import begins_at, spans
from metatron.apps.amc.collections.tables import Collection
from metatron.apps.amc.declarations import tables_of
from metatron.apps.amc.permissions import EDIT, RUN
from metatron.apps.amc.runs import refusing
from metatron.apps.amc.runs.destined import hold_destinations
from metatron.apps.amc.runs.sources import Query, query_of_workflow
from metatron.apps.amc.runs.windows import known_zone, lag_days
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id

_CLIENT = text("""
insert into amc.collection_client
  (tenant_id, collection_id, instance_id, values, value_sources, parameters_hash)
select cast(:tenant_id as uuid), cast(:collection_id as uuid), x.instance_id,
  cast(x.given as jsonb), cast(x.sources as jsonb), x.digest
from unnest(cast(:instance_ids as uuid[]), cast(:given as text[]), cast(:sources as text[]),
  cast(:digests as bytea[])) x (instance_id, given, sources, digest)
""")


async def make_collection(
    session: AsyncSession, context: Context, *, wanted: NewCollectionBody, now: datetime
) -> Collection:
    """Collect a workflow's newest version over clients and segments.

    Raises:
        PermissionDenied: the actor may not write collections, or not run.
        WorkflowNotFound, InstanceNotFound, InstanceGone, InstanceUnusable: nothing can run there.
        DestinationNotFound: there is no such destination.
        InvalidInput: values or days that do not fit, no such zone.
    """
    context.demand(EDIT)
    context.demand(RUN)
    query = await query_of_workflow(session, context, workflow_id=wanted.workflow_id, number=None)
    if wanted.privacy is not None:
        query = query.with_privacy(wanted.privacy)
    await hold_destinations(session, context, wanted.destination_ids)
    clients = [
        await bound_client(
            session,
            context,
            instance_id,
            query=query,
            given=(wanted.values, wanted.overrides.get(instance_id, {})),
        )
        for instance_id in sorted(wanted.instance_ids)
    ]
    collection = await _row(context, wanted, query, clients, now)
    session.add(collection)
    await session.flush()
    await _add_clients(session, collection, clients)
    cut = list(spans(calendar_of(collection), collection.from_on, collection.to_on))
    await add_segments(session, collection, [each.instance_id for each in clients], cut)
    await enqueue(session, context, COLLECT_JOB, collection_id=collection.id)
    event = CollectionChanged(aggregate_id=collection.id, change="made")
    await publish(session, context, event, now=now)
    return collection


async def _row(
    context: Context,
    wanted: NewCollectionBody,
    query: Query,
    clients: list[Bound],
    now: datetime,
) -> Collection:
    zone = known_zone(wanted.time_zone)
    segments, continuing = wanted.segments, wanted.continuing
    from_on, to_on = days_of(segments, continuing=continuing, zone=zone, now=now)
    settles = False
    for each in clients:
        tables = tables_of(query.parameters, each.values)
        settles = settles or await refusing.reads_traffic_time(query.sql, tables)
    assert query.number is not None, "a workflow's query has a number"
    return Collection(
        tenant_id=context.tenant_id, id=new_id(), name=wanted.name,
        workflow_id=wanted.workflow_id, workflow_version=query.number, privacy=query.privacy,
        unit=segments.unit, week_starts_on=segments.week_starts_on, from_on=from_on, to_on=to_on,
        continuing=continuing, time_zone=zone, lag_days=lag_days(reads_traffic_time=settles),
        next_segment_at=begins_at(to_on, zone) if continuing else None,
        destination_ids=[str(each) for each in dict.fromkeys(wanted.destination_ids)],
        created_by=context.actor_id, created_at=now, updated_at=now,
    )  # fmt: skip


async def _add_clients(session: AsyncSession, collection: Collection, clients: list[Bound]) -> None:
    ids: list[UUID] = [each.instance_id for each in clients]
    rows = {
        "tenant_id": collection.tenant_id,
        "collection_id": collection.id,
        "instance_ids": ids,
        "given": [orjson.dumps(each.values).decode() for each in clients],
        "sources": [orjson.dumps(each.sources).decode() for each in clients],
        "digests": [each.parameters_hash for each in clients],
    }
    await session.execute(_CLIENT, rows)
