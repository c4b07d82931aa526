"""In whose name a schedule runs, and what happens when they may run nothing any more."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.acting import in_name_of
from metatron.apps.amc.permissions import EDIT, RUN
from metatron.apps.amc.recurring.errors import ScheduleNotPossible
from metatron.apps.amc.recurring.events import ScheduleChanged
from metatron.apps.amc.recurring.outcomes import TELL_JOB
from metatron.apps.amc.recurring.setting import load, rest, wake
from metatron.apps.amc.recurring.tables import ACTIVE, MAKER_GONE, Schedule
from metatron.apps.amc.runs.sources import place_of, query_of_workflow
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue


class MakerChanged(Exception):
    """Somebody took the schedule over while it was about to fire: look again."""


async def maker_of(database: Database, context: Context, schedule_id: UUID) -> Context | None:
    """Return the context of a schedule's maker as they stand now; None without a schedule."""
    async with database.transaction(context) as session:
        schedule = await session.get(Schedule, (context.tenant_id, schedule_id))
    if schedule is None:
        return None
    maker = await in_name_of(database, context, schedule.created_by)
    return maker if maker.actor_id else replace(maker, permissions=frozenset({RUN}))


def check_maker(schedule: Schedule, maker: Context) -> None:
    """Raise `MakerChanged` when a locked schedule is another's by now."""
    if schedule.created_by is not None and schedule.created_by != maker.actor_id:
        raise MakerChanged


async def rest_without_maker(
    session: AsyncSession, context: Context, schedule: Schedule, *, now: datetime
) -> None:
    """Let a schedule rest whose maker may not run it, and have those told who can take it over."""
    if schedule.state != ACTIVE:
        return
    await rest(session, context, schedule, reason=MAKER_GONE, now=now)
    await enqueue(session, context, TELL_JOB, schedule_id=schedule.id)


async def take_over(
    session: AsyncSession, context: Context, *, schedule_id: UUID, now: datetime
) -> Schedule:
    """Make a schedule one's own; one that rested for want of its maker fires again from now on.

    Raises:
        PermissionDenied: the actor may not run queries, or may not edit another's schedule whose
            maker is still there.
        ScheduleNotFound: there is none.
        ScheduleNotPossible: it is one's own already.
        WorkflowNotFound: its workflow is another's private one.
        InstanceGone, InstanceUnusable: nothing can run there.
    """
    context.demand(RUN)
    schedule = await load(session, context, schedule_id, level="run")
    is_left = schedule.pause_reason == MAKER_GONE
    if not is_left:
        context.demand(EDIT)
        if schedule.created_by == context.actor_id:
            raise ScheduleNotPossible("It is yours already.")
    await query_of_workflow(session, context, workflow_id=schedule.workflow_id, number=None)
    await place_of(session, context, schedule.instance_id)
    schedule.created_by = context.actor_id
    schedule.version += 1
    schedule.updated_at = now
    await session.flush()
    event = ScheduleChanged(aggregate_id=schedule.id, fields=["created_by"])
    await publish(session, context, event, now=now)
    if is_left:
        await wake(session, context, schedule, now=now)
    return schedule
