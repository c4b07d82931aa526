"""The jobs and subscriptions of schedules; thin, each calls a use case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.events import ConnectionMoved
from metatron.apps.amc.connections.tables import HEALTHY
from metatron.apps.amc.destinations.setting import removal_guards
from metatron.apps.amc.library.loading import archive_guards
from metatron.apps.amc.recurring import firing, holding, makers, outcomes, setting, telling
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


async def tell_of_resting_schedule(
    database: Database, context: Context, *, schedule_id: str, now: datetime
) -> None:
    """Mail a schedule's maker."""
    await telling.tell(database, context, schedule_id=UUID(schedule_id), now=now)


async def count_run(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """A run of a schedule has ended."""
    told = event.payload
    if told["origin"] != "schedule" or told["to_state"] not in {"succeeded", "failed"}:
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
    Job(outcomes.TELL_JOB, tell_of_resting_schedule, transactional=False),
)
SUBSCRIPTIONS = (
    Subscription(RunMoved.name, "amc.count_run_of_schedule", count_run),
    Subscription(ConnectionMoved.name, "amc.rest_schedules", follow_connection),
)
