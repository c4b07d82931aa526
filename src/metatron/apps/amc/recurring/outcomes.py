"""What became of a schedule's runs: counted, and too many failures in a row make it rest."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.recurring.errors import ScheduleNotFound
from metatron.apps.amc.recurring.setting import load, rest, wake
from metatron.apps.amc.recurring.tables import (
    ACTIVE,
    CONNECTION_ENDED,
    PAUSED,
    TOO_MANY_FAILURES,
    Schedule,
)
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue

TELL_JOB = "amc.tell_of_resting_schedule"
_OF_CONNECTION = text("""
select s.id from amc.schedule s
join amc.instance i on i.tenant_id = s.tenant_id and i.id = s.instance_id
where s.tenant_id = :tenant_id and i.connection_id = :connection_id order by s.id
""")


async def note_outcome(
    session: AsyncSession,
    context: Context,
    *,
    schedule_id: UUID,
    is_success: bool,
    now: datetime,
) -> None:
    """Count the end of a schedule's run."""
    try:
        schedule = await load(session, context, schedule_id)
    except ScheduleNotFound:
        return
    if not is_success:
        await count_failure(session, context, schedule, now=now)
        return
    schedule.succeeded += 1
    schedule.failures_in_a_row = 0
    await session.flush()


async def count_failure(
    session: AsyncSession, context: Context, schedule: Schedule, *, now: datetime
) -> None:
    """Count a failure; the last one that is borne makes the schedule rest and its maker told."""
    schedule.failed += 1
    schedule.failures_in_a_row += 1
    await session.flush()
    limit = schedule.auto_pause_after
    if schedule.state == ACTIVE and limit is not None and schedule.failures_in_a_row >= limit:
        await rest(session, context, schedule, reason=TOO_MANY_FAILURES, now=now)
        await enqueue(session, context, TELL_JOB, schedule_id=schedule.id)


async def connection_moved(
    session: AsyncSession, context: Context, *, connection_id: UUID, is_healthy: bool, now: datetime
) -> None:
    """Let a connection's schedules rest while it is not signed in, and wake those again."""
    asked = {"tenant_id": context.tenant_id, "connection_id": connection_id}
    for schedule_id in (await session.scalars(_OF_CONNECTION, asked)).all():
        schedule = await load(session, context, schedule_id)
        if is_healthy and (schedule.state, schedule.pause_reason) == (PAUSED, CONNECTION_ENDED):
            await wake(session, context, schedule, now=now)
        elif not is_healthy and schedule.state == ACTIVE:
            await rest(session, context, schedule, reason=CONNECTION_ENDED, now=now)
