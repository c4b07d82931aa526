"""Ending runs before they are done."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.permissions import RUN
from metatron.apps.amc.runs.errors import RunEnded
from metatron.apps.amc.runs.events import RunCancelAsked
from metatron.apps.amc.runs.records import load, move
from metatron.apps.amc.runs.tables import AT_AMC, Run
from metatron.apps.amc.runs.turns import call_turn
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish


async def cancel(session: AsyncSession, context: Context, *, run_id: UUID, now: datetime) -> Run:
    """End a run: at once while it is queued, else Amazon is asked, whose word decides.

    Raises:
        RunNotFound: there is no such run.
        RunEnded: it has ended, its result is being fetched, or it is being cancelled.
    """
    context.demand(RUN)
    run = await load(session, context, run_id, lock=True, level="run")
    if run.state != "queued" and (run.state not in AT_AMC or run.cancel_asked_at is not None):
        raise RunEnded
    run.cancel_asked_at = now
    await publish(session, context, RunCancelAsked(aggregate_id=run.id), now=now)
    if run.state == "queued":
        await move(session, context, run, "cancelled", now=now)
        return run
    run.version += 1
    await session.flush()
    await call_turn(session, context, instance_id=run.instance_id, at=now, now=now)
    return run
