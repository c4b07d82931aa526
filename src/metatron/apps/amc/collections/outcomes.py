"""What became of a segment's run: figures to be kept, another try after a pause, or a failure."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.collections.events import SegmentFinished
from metatron.apps.amc.collections.tables import FAILED, PROVISIONAL, RUNNING, WAITING, Segment
from metatron.apps.amc.runs.records import load as load_run
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue

COLLECT_JOB = "amc.collect_segments"
KEEP_JOB = "amc.keep_figures"
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4))
"""Before each further try; there are no more tries than pauses."""
CANCELLED = "Somebody cancelled its run."
LONGEST_PROBLEM = 2_000
_WANTED_BY = text("""
select c.id from amc.collection_segment cs
join amc.collection c on c.tenant_id = cs.tenant_id and c.id = cs.collection_id
where cs.tenant_id = :tenant_id and cs.segment_id = :segment_id and c.archived_at is null
order by c.id
""")


async def run_ended(
    session: AsyncSession, context: Context, *, run_id: UUID, to_state: str, now: datetime
) -> None:
    """A run has ended; it is let be unless it is the one that a segment waits for."""
    query = (
        select(Segment)
        .where(
            Segment.tenant_id == context.tenant_id,
            Segment.run_id == run_id,
            Segment.state == RUNNING,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    segment = (await session.scalars(query)).one_or_none()
    if segment is None:
        return
    if to_state == "succeeded":
        await enqueue(session, context, KEEP_JOB, segment_id=segment.id, run_id=run_id)
        return
    run = await load_run(session, context, run_id)
    reason = run.state_reason or "The run failed."
    if to_state == "cancelled":
        await fail(session, context, segment, reason=run.state_reason or CANCELLED, now=now)
    else:
        await bear_failure(session, context, segment, reason=reason, now=now)
    await call_collecting(session, context, segment)


async def bear_failure(
    session: AsyncSession, context: Context, segment: Segment, *, reason: str, now: datetime
) -> None:
    """Count a failure of a locked segment: it is tried again after a pause, or has failed."""
    if segment.tries >= len(PAUSES):
        await fail(session, context, segment, reason=reason, now=now)
        return
    segment.state = WAITING if segment.kept_run_id is None else PROVISIONAL
    segment.due_at = now + PAUSES[segment.tries]
    segment.tries += 1
    segment.problem = reason[:LONGEST_PROBLEM]
    segment.version += 1
    await session.flush()


async def fail(
    session: AsyncSession, context: Context, segment: Segment, *, reason: str, now: datetime
) -> None:
    """Give a segment up until somebody wants it tried again; figures it has stay."""
    segment.state, segment.due_at = FAILED, None
    segment.tries += 1
    segment.problem = reason[:LONGEST_PROBLEM]
    segment.version += 1
    await session.flush()
    await announce(session, context, segment, now=now)


async def announce(
    session: AsyncSession, context: Context, segment: Segment, *, now: datetime
) -> None:
    """Tell that a segment has figures, or failed."""
    event = SegmentFinished(
        aggregate_id=segment.id,
        state=segment.state,
        run_id=segment.run_id,
        collection_ids=await wanted_by(session, segment),
    )
    await publish(session, context, event, now=now)


async def call_collecting(session: AsyncSession, context: Context, segment: Segment) -> None:
    """Have its collections look for more: there is room again."""
    for collection_id in await wanted_by(session, segment):
        await enqueue(session, context, COLLECT_JOB, collection_id=collection_id)


async def wanted_by(session: AsyncSession, segment: Segment) -> list[UUID]:
    """Return the collections that have a segment, archived ones left out."""
    key = {"tenant_id": segment.tenant_id, "segment_id": segment.id}
    return list((await session.scalars(_WANTED_BY, key)).all())
