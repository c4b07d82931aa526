"""Renaming, pausing, resuming, trying again and archiving collections."""

from collections.abc import Collection as Ids
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.collections.errors import CollectionNotPossible, SegmentNotFound
from metatron.apps.amc.collections.events import CollectionChanged
from metatron.apps.amc.collections.loading import load
from metatron.apps.amc.collections.outcomes import COLLECT_JOB
from metatron.apps.amc.collections.segments import ONCE, begins_at
from metatron.apps.amc.collections.tables import (
    FAILED,
    MAKER_GONE,
    PROVISIONAL,
    WAITING,
    Collection,
    Segment,
)
from metatron.apps.amc.permissions import EDIT, RUN
from metatron.apps.amc.runs.destined import hold_destinations
from metatron.apps.amc.runs.sources import query_of_workflow
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue

_OWN = text("""
select segment_id from amc.collection_segment
where tenant_id = :tenant_id and collection_id = :collection_id
""")
# What another collection still wants stays, as does what was tried.
_END = text("""
delete from amc.segment s using amc.collection_segment cs
where s.tenant_id = :tenant_id and s.state = 'waiting' and s.run_id is null
  and cs.tenant_id = s.tenant_id and cs.segment_id = s.id and cs.collection_id = :collection_id
  and not exists (select from amc.collection_segment o
    join amc.collection c on c.tenant_id = o.tenant_id and c.id = o.collection_id
    where o.tenant_id = s.tenant_id and o.segment_id = s.id and o.collection_id <> :collection_id
      and c.archived_at is null)
""")


async def change_collection(
    session: AsyncSession,
    context: Context,
    *,
    collection_id: UUID,
    fields: Mapping[str, Any],
    if_match: str | None,
    now: datetime,
) -> None:
    """Set what `fields` name.

    Raises:
        CollectionNotFound: there is none.
        VersionConflict: somebody changed it since.
        DestinationNotFound: there is no such destination.
        InvalidInput: a single segment does not continue.
    """
    context.demand(EDIT)
    collection = await load(session, context, collection_id, level="edit")
    check_if_match(if_match, collection.version)
    collection.name = fields.get("name", collection.name)
    if "continuing" in fields:
        if fields["continuing"]:
            context.demand(RUN)
        _continue(collection, is_continuing=fields["continuing"])
    if "destination_ids" in fields:
        # What is there already is taken there too, in the name of who wants it.
        context.demand(RUN)
        await hold_destinations(session, context, fields["destination_ids"])
        collection.destination_ids = [
            str(each) for each in dict.fromkeys(fields["destination_ids"])
        ]
    await _changed(session, context, collection, "changed", now=now)
    await enqueue(session, context, COLLECT_JOB, collection_id=collection.id)


def _continue(collection: Collection, *, is_continuing: bool) -> None:
    if is_continuing and collection.unit == ONCE:
        raise InvalidInput.field(
            "body.continuing", "single_segment", "A single segment does not continue."
        )
    at = begins_at(collection.to_on, collection.time_zone)
    collection.continuing = is_continuing
    collection.next_segment_at = at if is_continuing else None


async def pause_collection(
    session: AsyncSession, context: Context, *, collection_id: UUID, now: datetime
) -> None:
    """Ask for nothing more; raises `CollectionNotFound`, `CollectionNotPossible`."""
    context.demand(EDIT)
    collection = await load(session, context, collection_id, level="edit")
    if collection.paused_at is not None:
        raise CollectionNotPossible
    collection.paused_at = now
    await _changed(session, context, collection, "paused", now=now)


async def resume_collection(
    session: AsyncSession, context: Context, *, collection_id: UUID, now: datetime
) -> None:
    """Go on where it was paused; one whose maker was gone is taken over.

    Raises:
        CollectionNotFound, CollectionNotPossible: there is none, or it is not paused.
        WorkflowNotFound: it was left behind, and its workflow is another's private one.
    """
    context.demand(EDIT)
    context.demand(RUN)
    collection = await load(session, context, collection_id, level="edit")
    if collection.paused_at is None:
        raise CollectionNotPossible
    if collection.pause_reason == MAKER_GONE:
        # From now on it runs in the name of who wants it to.
        await query_of_workflow(
            session, context, workflow_id=collection.workflow_id,
            number=collection.workflow_version,
        )  # fmt: skip
        collection.created_by = context.actor_id
    collection.paused_at, collection.pause_reason = None, None
    await _changed(session, context, collection, "resumed", now=now)
    await enqueue(session, context, COLLECT_JOB, collection_id=collection.id)


async def retry_segments(
    session: AsyncSession,
    context: Context,
    *,
    collection_id: UUID,
    segment_ids: Ids[UUID] | None,
    now: datetime,
) -> int:
    """Try failed segments again: those of `segment_ids`, all without; returns how many.

    Raises:
        CollectionNotFound: there is none.
        SegmentNotFound: one of the ids is not of this collection.
    """
    context.demand(EDIT)
    context.demand(RUN)
    collection = await load(session, context, collection_id, level="run")
    key = {"tenant_id": context.tenant_id, "collection_id": collection_id}
    own = set((await session.scalars(_OWN, key)).all())
    wanted = own if segment_ids is None else set(segment_ids)
    if wanted - own:
        raise SegmentNotFound
    # By the collection, not by its thousands of ids.
    belongs = text("segment.id in (select segment_id from amc.collection_segment"
                   " where tenant_id = :tenant_id and collection_id = :collection_id)")  # fmt: skip
    query = (
        select(Segment)
        .where(Segment.tenant_id == context.tenant_id, Segment.state == FAILED, belongs)
        .order_by(Segment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    failed = [each for each in (await session.scalars(query, key)).all() if each.id in wanted]
    for segment in failed:
        segment.state = WAITING if segment.kept_run_id is None else PROVISIONAL
        segment.tries, segment.due_at, segment.problem = 0, now, None
        segment.version += 1
    await _changed(session, context, collection, "retried", now=now)
    await enqueue(session, context, COLLECT_JOB, collection_id=collection.id)
    return len(failed)


async def archive_collection(
    session: AsyncSession, context: Context, *, collection_id: UUID, now: datetime
) -> None:
    """End what waits; runs, figures and boards stay. Raises `CollectionNotFound`."""
    context.demand(EDIT)
    collection = await load(session, context, collection_id, level="edit")
    collection.archived_at = now
    await session.execute(_END, {"tenant_id": context.tenant_id, "collection_id": collection_id})
    await _changed(session, context, collection, "archived", now=now)


async def _changed(
    session: AsyncSession, context: Context, collection: Collection, change: Any, *, now: datetime
) -> None:
    collection.version += 1
    collection.updated_at = now
    await session.flush()
    event = CollectionChanged(aggregate_id=collection.id, change=change)
    await publish(session, context, event, now=now)
