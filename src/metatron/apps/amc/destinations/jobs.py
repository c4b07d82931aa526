"""The job and the subscription of deliveries; thin, each calls a use case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.destinations import delivering, wishing
from metatron.apps.amc.destinations.ending import DELIVER_JOB
from metatron.apps.amc.runs.events import RunMoved
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import DeliveredEvent, Job, Subscription


async def deliver_result(
    database: Database, context: Context, *, delivery_id: str, now: datetime
) -> None:
    """Try to make a delivery."""
    del now  # it takes a while, and asks the clock anew
    await delivering.deliver(database, context, delivery_id=UUID(delivery_id))


async def begin_deliveries(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """A run has succeeded: its result goes where its asker wanted it."""
    await wishing.deliver_run(session, context, run_id=event.aggregate_id, now=now)


# It waits for servers of people's: whoever keeps it long keeps nobody else's work from being done.
JOBS = (Job(DELIVER_JOB, deliver_result, transactional=False, waits=True),)
SUBSCRIPTIONS = (
    Subscription(
        RunMoved.name,
        "amc.begin_deliveries",
        begin_deliveries,
        when=lambda told: told.get("to_state") == "succeeded",
    ),
)
