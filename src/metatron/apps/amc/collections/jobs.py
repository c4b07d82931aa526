"""The jobs and subscriptions of collections; thin, each calls a use case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.collections import (
    collecting,
    holding,
    keeping,
    makers,
    outcomes,
    sweeping,
    telling,
)
from metatron.apps.amc.destinations.setting import removal_guards
from metatron.apps.amc.library.loading import archive_guards
from metatron.apps.amc.runs.events import RunMoved
from metatron.apps.amc.runs.tables import ENDED
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import DeliveredEvent, Job, Schedule, Subscription

SWEEP_JOB = "amc.sweep_collections"


async def collect_segments(
    database: Database, context: Context, *, collection_id: str, now: datetime
) -> None:
    """Ask for a collection's due segments."""
    key = UUID(collection_id)
    await collecting.collect_due(database, context, collection_id=key, now=now)


async def keep_figures(
    database: Database, context: Context, *, segment_id: str, run_id: str, now: datetime
) -> None:
    """Keep a segment's figures."""
    await keeping.keep_figures(
        database, context, segment_id=UUID(segment_id), run_id=UUID(run_id), now=now
    )


async def sweep_collections(database: Database, _context: Context, *, now: datetime) -> None:
    """Collect what is due everywhere."""
    del now  # each tenant has a clock of its own
    await sweeping.sweep(database)


async def tell_of_resting_collection(
    database: Database, context: Context, *, collection_id: str, now: datetime
) -> None:
    """Mail a collection's maker, and those who can take it over."""
    await telling.tell(database, context, collection_id=UUID(collection_id), now=now)


async def note_run_of_segment(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """A run of a segment has ended."""
    await outcomes.run_ended(
        session, context, run_id=event.aggregate_id, to_state=event.payload["to_state"], now=now
    )


archive_guards.append(holding.hold_workflow)
removal_guards.append(holding.hold_destination)
JOBS = (
    # In the name of people, whose rights stand in the home database.
    Job(outcomes.COLLECT_JOB, collect_segments, transactional=False),
    Job(outcomes.KEEP_JOB, keep_figures, transactional=False),
    Job(makers.TELL_JOB, tell_of_resting_collection, transactional=False),
    Job(SWEEP_JOB, sweep_collections, transactional=False),
)
SUBSCRIPTIONS = (
    Subscription(
        RunMoved.name,
        "amc.note_run_of_segment",
        note_run_of_segment,
        when=lambda told: told.get("origin") == "run_set" and told.get("to_state") in ENDED,
    ),
)
SCHEDULES = (Schedule("amc_collections", "* * * * *", SWEEP_JOB),)
