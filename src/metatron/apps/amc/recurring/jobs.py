"""The jobs and subscriptions of schedules; thin, each calls a use case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.events import ConnectionMoved
from metatron.apps.amc.connections.putting_off import MOST_TIMES, NOT_NOW, put_off
from metatron.apps.amc.connections.tables import HEALTHY
from metatron.apps.amc.destinations.setting import removal_guards
from metatron.apps.amc.library.loading import archive_guards
from metatron.apps.amc.recurring import (
    dry_runs,
    exporting,
    firing,
    holding,
    makers,
    outcomes,
    setting,
    telling,
)
from metatron.apps.amc.runs.events import RunMoved
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import DeliveredEvent, Job, Subscription


async def fire_schedule(
    database: Database, context: Context, *, schedule_id: str, fire_at: str, now: datetime
) -> None:
    """Fire a schedule; an instant that has fired already is let be."""
    maker = await makers.maker_of(database, context, UUID(schedule_id))
    if maker is None:
        return
    at = datetime.fromisoformat(fire_at)
    async with database.transaction(context) as session:
        await firing.fire(
            session, context, schedule_id=UUID(schedule_id), fire_at=at, maker=maker, now=now
        )


async def fire_once_more(
    database: Database, context: Context, *, schedule_id: str, fire_at: str, now: datetime
) -> None:
    """Run a schedule out of turn; an instant that has fired already is let be."""
    maker = await makers.maker_of(database, context, UUID(schedule_id))
    if maker is None:
        return
    at = datetime.fromisoformat(fire_at)
    async with database.transaction(context) as session:
        await firing.fire_extra(
            session, context, schedule_id=UUID(schedule_id), fire_at=at, maker=maker, now=now
        )


async def export_schedule(
    database: Database, context: Context, *, schedule_id: str, now: datetime, times: int = 0
) -> None:
    """Hand a schedule to Amazon, when it has time for that."""
    maker = await makers.maker_of(database, context, UUID(schedule_id))
    if maker is None:
        return
    try:
        await exporting.export(
            database, context, schedule_id=UUID(schedule_id), maker=maker, now=now,
            waits=times < MOST_TIMES,
        )  # fmt: skip
    except NOT_NOW as error:
        await put_off(
            database, context, exporting.EXPORT_JOB, error, times=times, schedule_id=schedule_id
        )


async def take_back_schedule(
    database: Database,
    context: Context,
    *,
    schedule_id: str,
    instance_id: str,
    now: datetime,
    times: int = 0,
) -> None:
    """Delete a schedule at Amazon, when it has time for that."""
    try:
        await exporting.take_back(
            database, context, schedule_id=UUID(schedule_id), instance_id=UUID(instance_id),
            now=now, waits=times < MOST_TIMES,
        )  # fmt: skip
    except NOT_NOW as error:
        await put_off(
            database, context, setting.TAKE_BACK_JOB, error, times=times,
            schedule_id=schedule_id, instance_id=instance_id,
        )  # fmt: skip


async def tell_of_resting_schedule(
    database: Database, context: Context, *, schedule_id: str, now: datetime
) -> None:
    """Mail a schedule's maker."""
    await telling.tell(database, context, schedule_id=UUID(schedule_id), now=now)


def _counts(told: Mapping[str, Any]) -> bool:
    ends = {"trial": ("failed",), "schedule": ("succeeded", "failed")}
    return told.get("to_state") in ends.get(told.get("origin", ""), ())


async def count_run(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """A run of a schedule has ended."""
    told = event.payload
    if told["origin"] == "trial":
        schedule_id = UUID(told["origin_id"])
        await dry_runs.note_failed(
            session, context, schedule_id=schedule_id, run_id=event.aggregate_id, now=now
        )
        return
    await outcomes.note_outcome(
        session,
        context,
        schedule_id=UUID(told["origin_id"]),
        is_success=told["to_state"] == "succeeded",
        now=now,
    )


async def follow_connection(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """A connection came to another state."""
    await outcomes.connection_moved(
        session,
        context,
        connection_id=event.aggregate_id,
        is_healthy=event.payload["to_state"] == HEALTHY,
        now=now,
    )


archive_guards.append(holding.hold_workflow)
removal_guards.append(holding.hold_destination)
JOBS = (
    # In the name of people, whose rights stand in the home database.
    Job(setting.FIRE_JOB, fire_schedule, transactional=False),
    Job(firing.EXTRA_JOB, fire_once_more, transactional=False),
    Job(exporting.EXPORT_JOB, export_schedule, transactional=False),
    Job(setting.TAKE_BACK_JOB, take_back_schedule, transactional=False),
    Job(outcomes.TELL_JOB, tell_of_resting_schedule, transactional=False),
)
SUBSCRIPTIONS = (
    Subscription(RunMoved.name, "amc.count_run_of_schedule", count_run, when=_counts),
    Subscription(ConnectionMoved.name, "amc.rest_schedules", follow_connection),
)
