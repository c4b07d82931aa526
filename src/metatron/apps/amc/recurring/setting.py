"""Making, changing, pausing, resuming and removing schedules."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.catalogue.mapping import settle_values
from metatron.apps.amc.connections.errors import InstanceNotFound
from metatron.apps.amc.connections.grants import Level, demand_client, viewer_of
from metatron.apps.amc.connections.tables import Instance
from metatron.apps.amc.permissions import EDIT, RUN
from metatron.apps.amc.recurring import events
from metatron.apps.amc.recurring.errors import ScheduleNotFound, ScheduleNotPossible
from metatron.apps.amc.recurring.rhythms import Kind, Rhythm, next_firing
from metatron.apps.amc.recurring.tables import ACTIVE, MAKER_GONE, PAUSED, Schedule
from metatron.apps.amc.runs.destined import hold_destinations
from metatron.apps.amc.runs.parameters import bind
from metatron.apps.amc.runs.sources import place_of, query_of_workflow
from metatron.apps.amc.runs.windows import known_zone
from metatron.kernel.context import Context
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id

FIRE_JOB = "amc.fire_schedule"
TAKE_BACK_JOB = "amc.take_back_schedule"
_RHYTHM: TypeAdapter[Kind] = TypeAdapter(Rhythm)


def rhythm_of(schedule: Schedule) -> Kind:
    """Read the rhythm as it is stored."""
    return _RHYTHM.validate_python(schedule.rhythm)


async def make_schedule(
    session: AsyncSession, context: Context, *, wanted: Mapping[str, Any], now: datetime
) -> Schedule:
    """Make a schedule; it fires from now on.

    `wanted` names the columns that people set. The workflow's newest version runs each time.

    Raises:
        PermissionDenied: the actor may not write schedules.
        WorkflowNotFound, InstanceNotFound, InstanceGone, InstanceUnusable: nothing can run there.
        DestinationNotFound: there is no such destination.
        InvalidInput: values that do not fit, no such zone, a rhythm that never fires.
    """
    _demand_both(context)
    await _hold_together(session, context, wanted)
    rhythm = _RHYTHM.validate_python(wanted["rhythm"])
    zone = wanted["time_zone"]
    schedule = Schedule(
        tenant_id=context.tenant_id, id=new_id(), created_by=context.actor_id, created_at=now,
        updated_at=now, next_fire_at=next_firing(rhythm, zone=zone, after=now), **wanted,
    )  # fmt: skip
    session.add(schedule)
    await session.flush()
    await arm(session, context, schedule)
    event = events.ScheduleMade(
        aggregate_id=schedule.id,
        workflow_id=schedule.workflow_id,
        instance_id=schedule.instance_id,
    )
    await publish(session, context, event, now=now)
    return schedule


async def change_schedule(
    session: AsyncSession,
    context: Context,
    *,
    schedule_id: UUID,
    fields: Mapping[str, Any],
    if_match: str | None,
    now: datetime,
) -> Schedule:
    """Set what `fields` name; the next instant is counted from now.

    Raises:
        ScheduleNotFound: there is none; and what `make_schedule` raises.
        VersionConflict: somebody changed it since.
    """
    _demand_both(context)
    schedule = await load(session, context, schedule_id, level="edit")
    check_if_match(if_match, schedule.version)
    names = ("workflow_id", "instance_id", "values", "time_zone", "destination_ids")
    wanted = {name: getattr(schedule, name) for name in names} | dict(fields)
    await _hold_together(session, context, wanted)
    for name, value in fields.items():
        setattr(schedule, name, value)
    if schedule.state == ACTIVE:
        await _start_anew(session, context, schedule, now)
    await _changed(session, schedule, now)
    event = events.ScheduleChanged(aggregate_id=schedule.id, fields=sorted(fields))
    await publish(session, context, event, now=now)
    return schedule


async def pause_schedule(
    session: AsyncSession, context: Context, *, schedule_id: UUID, now: datetime
) -> Schedule:
    """Let a schedule rest; raises `ScheduleNotFound`, `ScheduleNotPossible`."""
    context.demand(EDIT)
    schedule = await load(session, context, schedule_id, level="edit")
    if schedule.state == PAUSED:
        raise ScheduleNotPossible
    await rest(session, context, schedule, reason=None, now=now)
    return schedule


async def resume_schedule(
    session: AsyncSession, context: Context, *, schedule_id: UUID, now: datetime
) -> Schedule:
    """Let a schedule fire again, from now on: what it missed meanwhile stays missed.

    Raises:
        ScheduleNotFound: there is none.
        ScheduleNotPossible: it is active, or has to be taken over first.
    """
    _demand_both(context)
    schedule = await load(session, context, schedule_id, level="edit")
    if schedule.state == ACTIVE:
        raise ScheduleNotPossible
    if schedule.pause_reason == MAKER_GONE:
        raise ScheduleNotPossible("Whoever it ran for may not run it any more: take it over.")
    await wake(session, context, schedule, now=now)
    return schedule


async def remove_schedule(
    session: AsyncSession, context: Context, *, schedule_id: UUID, now: datetime
) -> None:
    """Take a schedule away, also from Amazon; its runs stay. Raises `ScheduleNotFound`."""
    context.demand(EDIT)
    schedule = await load(session, context, schedule_id, level="edit")
    if schedule.amc_export is not None:
        instance_id = schedule.amc_export["instance_id"]
        await enqueue(
            session, context, TAKE_BACK_JOB, schedule_id=schedule_id, instance_id=instance_id
        )
    await session.delete(schedule)
    await session.flush()
    await publish(session, context, events.ScheduleRemoved(aggregate_id=schedule_id), now=now)


def _demand_both(context: Context) -> None:
    """What a schedule runs later, its maker must be allowed to run now."""
    context.demand(EDIT)
    context.demand(RUN)


async def load(
    session: AsyncSession, context: Context, schedule_id: UUID, *, level: Level = "read"
) -> Schedule:
    """Return a schedule, locked.

    Raises:
        ScheduleNotFound: there is none on a client that the actor may see.
        PermissionDenied: the actor may not do `level` with its client.
    """
    key = (context.tenant_id, schedule_id)
    found = await session.get(Schedule, key, with_for_update=True, populate_existing=True)
    if found is None:
        raise ScheduleNotFound
    if viewer_of(context) is not None:
        try:
            await demand_client(session, context, found.instance_id, level)
        except InstanceNotFound as error:
            raise ScheduleNotFound from error
    return found


async def zone_of(session: AsyncSession, context: Context, instance_id: UUID) -> str:
    """Return the zone in which a client's windows are read; raises `InstanceNotFound`."""
    await demand_client(session, context, instance_id)
    found = await session.get(Instance, (context.tenant_id, instance_id))
    assert found is not None, "what may be seen is there"
    return found.time_zone


async def rest(
    session: AsyncSession,
    context: Context,
    schedule: Schedule,
    *,
    reason: str | None,
    now: datetime,
) -> None:
    """Stop a schedule's clock."""
    schedule.state, schedule.pause_reason, schedule.next_fire_at = PAUSED, reason, None
    await _changed(session, schedule, now)
    event = events.SchedulePaused(aggregate_id=schedule.id, reason=reason)
    await publish(session, context, event, now=now)


async def wake(
    session: AsyncSession, context: Context, schedule: Schedule, *, now: datetime
) -> None:
    """Start a schedule's clock."""
    schedule.state, schedule.pause_reason, schedule.failures_in_a_row = ACTIVE, None, 0
    await _start_anew(session, context, schedule, now)
    await _changed(session, schedule, now)
    await publish(session, context, events.ScheduleResumed(aggregate_id=schedule.id), now=now)


async def arm(session: AsyncSession, context: Context, schedule: Schedule) -> None:
    """Have the schedule looked at when its next instant comes; one that moved on is let be."""
    assert schedule.next_fire_at is not None, "only an active schedule is armed"
    await enqueue(
        session,
        context,
        FIRE_JOB,
        run_at=schedule.next_fire_at,
        schedule_id=schedule.id,
        fire_at=schedule.next_fire_at.isoformat(),
    )


async def _start_anew(
    session: AsyncSession, context: Context, schedule: Schedule, now: datetime
) -> None:
    rhythm = rhythm_of(schedule)
    schedule.next_fire_at = next_firing(rhythm, zone=schedule.time_zone, after=now)
    await arm(session, context, schedule)


async def _changed(session: AsyncSession, schedule: Schedule, now: datetime) -> None:
    schedule.version += 1
    schedule.updated_at = now
    await session.flush()


async def _hold_together(
    session: AsyncSession, context: Context, wanted: Mapping[str, Any]
) -> None:
    query = await query_of_workflow(
        session, context, workflow_id=wanted["workflow_id"], number=None
    )
    await demand_client(session, context, wanted["instance_id"], "edit")
    await place_of(session, context, wanted["instance_id"])
    await hold_destinations(session, context, map(UUID, wanted.get("destination_ids", ())))
    values, _ = await settle_values(
        session, context, instance_id=wanted["instance_id"], parameters=query.parameters,
        given=(wanted["values"],),
    )  # fmt: skip
    bind(query.parameters, values)
    known_zone(wanted["time_zone"])
