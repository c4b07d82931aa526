"""Runs as rows: loaded, locked, moved to another state with the event that tells of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.errors import InstanceNotFound
from metatron.apps.amc.connections.grants import Level, demand_client, viewer_of
from metatron.apps.amc.runs.errors import RunNotFound, TextPrivate
from metatron.apps.amc.runs.events import RunMoved
from metatron.apps.amc.runs.queries import LEGIBLE
from metatron.apps.amc.runs.tables import ENDED, Run
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish

LONGEST_REASON = 2_000


async def load(
    session: AsyncSession,
    context: Context,
    run_id: UUID,
    *,
    lock: bool = False,
    level: Level = "read",
) -> Run:
    """Return a run, locked when it is to change.

    Raises:
        RunNotFound: there is none on a client that the actor may see.
        PermissionDenied: the actor may not do `level` with its client.
    """
    query = select(Run).where(Run.tenant_id == context.tenant_id, Run.id == run_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    run = (await session.execute(query)).scalar_one_or_none()
    if run is None:
        raise RunNotFound
    if viewer_of(context) is not None:
        try:
            await demand_client(session, context, run.instance_id, level)
        except InstanceNotFound as error:
            raise RunNotFound from error
    return run


async def demand_text(session: AsyncSession, context: Context, run: Run) -> None:
    """Let pass who may read a run's text; raises `TextPrivate`."""
    asked = {"tenant_id": context.tenant_id, "id": run.id, "viewer": viewer_of(context)}
    if not (await session.execute(LEGIBLE, asked)).scalar_one():
        raise TextPrivate


async def move(
    session: AsyncSession,
    context: Context,
    run: Run,
    to_state: str,
    *,
    reason: str | None = None,
    now: datetime,
) -> None:
    """Bring a locked run to another state and announce it; an ended run gives up its lease."""
    assert run.state not in ENDED, f"{run.id} has ended: {run.state} is not left"
    from_state, run.state = run.state, to_state
    run.state_reason = reason[:LONGEST_REASON] if reason else None
    run.version += 1
    if to_state in ENDED:
        run.finished_at = now
        run.next_at, run.leased_until, run.lease_id = None, None, None
    await session.flush()
    if from_state == to_state:
        return
    event = RunMoved(
        aggregate_id=run.id, instance_id=run.instance_id, from_state=from_state,
        to_state=to_state, origin=run.origin, origin_id=run.origin_id,
    )  # fmt: skip
    await publish(session, context, event, now=now)
