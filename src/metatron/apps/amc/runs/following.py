"""Following an instance's runs: one list for all, then as many more as there is room for."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.amazon.answers import Execution
from metatron.apps.amc.amazon.errors import AmazonError, AmazonRefused, Throttled
from metatron.apps.amc.amazon.identifiers import AmcExecutionId
from metatron.apps.amc.amazon.wire import Patience
from metatron.apps.amc.connections.access import AmcApi, client_of
from metatron.apps.amc.connections.errors import (
    AmazonAway,
    ConnectionNotUsable,
    InstanceGone,
    InstanceNotFound,
)
from metatron.apps.amc.runs import statuses
from metatron.apps.amc.runs.records import move
from metatron.apps.amc.runs.site import site
from metatron.apps.amc.runs.submitting import submit_all
from metatron.apps.amc.runs.tables import AT_AMC, OPEN, Run
from metatron.apps.amc.runs.turns import FOLLOW_JOB, Turn, keep_turn, leave_turn, take_turn
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.events.jobs import enqueue

log = structlog.get_logger(__name__)
MARGIN = timedelta(minutes=10)
"""Amazon's clock and ours may differ by that much."""
WRONG_CLOCK = timedelta(days=1)
"""What is not found is looked for so much further back: our clock may be ahead."""
LATER = timedelta(seconds=30)
MUCH_LATER = timedelta(minutes=5)
MOST_SEEN = 1_000
PATIENCE = Patience(seconds=5.0)
"""A look waits no longer for one call: the other runs wait with it."""


class TurnLost(Exception):
    """The lease ended while we worked: another looks by now."""


async def follow(
    database: Database, context: Context, *, instance_id: UUID, tick_id: UUID, now: datetime
) -> None:
    """Look at an instance's runs, and call for the next look while any is open."""
    async with database.transaction(context) as session:
        turn = await take_turn(session, context, instance_id=instance_id, tick_id=tick_id, now=now)
        if isinstance(turn, datetime):
            # Who holds it may be dead: the same look again when the lease has ended.
            await enqueue(
                session, context, FOLLOW_JOB, run_at=turn, instance_id=instance_id,
                tick_id=tick_id,
            )  # fmt: skip
    if not isinstance(turn, Turn):
        return
    pause = LATER
    try:
        pause = await _looks(database, context, turn)
    except TurnLost:
        log.warning("amc_turn_lost", instance_id=str(instance_id))
        return
    finally:
        async with database.transaction(context) as session:
            at = await session_now(session) + pause
            quiet = at if pause > site().tick else None
            await leave_turn(session, context, turn, next_at=at, quiet_until=quiet)


async def _looks(database: Database, context: Context, turn: Turn) -> timedelta:
    """Look, and again where looks follow each other fast; returns how long until the next."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + site().tempo.stay.total_seconds()
    while True:
        pause = await look(database, context, turn)
        if pause is None:
            return timedelta()
        if pause > site().tempo.stand_in_tick or loop.time() > ends_at:
            return pause
        await asyncio.sleep(pause.total_seconds())


async def look(database: Database, context: Context, turn: Turn) -> timedelta | None:
    """Look once; returns how long until the next look, None when no run is open."""
    async with database.transaction(context) as session:
        at = await _still_ours(session, context, turn)
        now = await session_now(session)
        runs = await _open_runs(session, context, turn.instance_id)
        await statuses.fetch_what_waits(session, context, runs, now=now)
    if not runs:
        return None
    try:
        client = await client_of(database, context, turn.instance_id, now=now, patience=PATIENCE)
        await _cancel(client, runs)
        await _follow_list(database, context, turn, client=client, runs=runs, now=now, at=at)
        await submit_all(database, context, turn, client, runs)
    except Throttled as error:
        return max(site().tick, timedelta(seconds=error.retry_after_seconds))
    except (InstanceNotFound, InstanceGone, ConnectionNotUsable) as error:
        await _give_up(database, context, turn, error)
        return MUCH_LATER
    except (AmazonError, AmazonAway) as error:
        log.warning("amc_look_failed", instance_id=str(turn.instance_id), error=str(error))
        return LATER if isinstance(error, AmazonAway) else max(site().tick, LATER / 6)
    return site().tick


async def _still_ours(session: AsyncSession, context: Context, turn: Turn) -> datetime:
    at = await keep_turn(session, context, turn)
    if at is None:
        raise TurnLost
    return at


async def _open_runs(
    session: AsyncSession, context: Context, instance_id: UUID, *, lock: bool = False
) -> list[Run]:
    query = (
        select(Run)
        .where(
            Run.tenant_id == context.tenant_id,
            Run.instance_id == instance_id,
            Run.state.in_(OPEN),
        )
        .order_by(Run.state == "queued", Run.created_at, Run.id)
        .limit(MOST_SEEN)
    )
    if lock:
        query = query.with_for_update(key_share=True)
    return list((await session.execute(query)).scalars())


async def _cancel(client: AmcApi, runs: list[Run]) -> None:
    """Pass on what people want ended; the list tells what became of it."""
    for run in runs:
        if run.cancel_asked_at is None or run.amc_execution_id is None or run.state not in AT_AMC:
            continue
        try:
            await client.cancel(AmcExecutionId(run.amc_execution_id))
        except Throttled:
            raise
        except AmazonRefused as error:
            # It has ended meanwhile.
            log.info("amc_cancel_refused", run_id=str(run.id), status=error.status)


async def _follow_list(
    database: Database,
    context: Context,
    turn: Turn,
    *,
    client: AmcApi,
    runs: list[Run],
    now: datetime,
    at: datetime,
) -> None:
    """Bring runs to where their executions are; `at` is the database's instant."""
    lost = [run for run in runs if run.state == "submitting" and (run.next_at or at) <= at]
    known = [run for run in runs if run.state in {"pending", "running"}]
    if not lost and not known:
        return
    oldest = min(run.submitted_at or run.created_at for run in (*lost, *known))
    # Amazon's list is by the machine's time, ours by the organisation's clock.
    since = utc_now() - (now - oldest) - MARGIN
    executions = await _listed(client, [*lost, *known], since)
    async with database.transaction(context) as session:
        await _still_ours(session, context, turn)
        now = await session_now(session)
        locked = await _locked(session, context, [run.id for run in (*lost, *known)])
        found = {str(each.execution_id): each for each in executions}
        for run in locked:
            await _apply(session, context, run, found=found, executions=executions, now=now)


async def _listed(client: AmcApi, runs: list[Run], since: datetime) -> tuple[Execution, ...]:
    """Return what Amazon lists since an instant, and what is missing of `runs` from before."""
    with_sql = any(run.state == "submitting" for run in runs)
    executions = await client.executions(since, include_workflow=with_sql)
    missing = [run for run in runs if not any(statuses.is_of(each, run) for each in executions)]
    if not missing:
        return executions
    earlier = await client.executions(since - WRONG_CLOCK, include_workflow=with_sql)
    return executions + tuple(
        each for each in earlier if any(statuses.is_of(each, run) for run in missing)
    )


async def _apply(
    session: AsyncSession,
    context: Context,
    run: Run,
    *,
    found: dict[str, Execution],
    executions: tuple[Execution, ...],
    now: datetime,
) -> None:
    if run.state == "submitting":
        await statuses.adopt_or_ask_again(session, context, run, executions, now=now)
    if run.amc_execution_id is None:
        return
    execution = found.get(run.amc_execution_id)
    if execution is None:
        await statuses.expire(session, context, run, now=now)
    else:
        await statuses.apply(session, context, run, execution, now=now)


async def _locked(session: AsyncSession, context: Context, ids: list[UUID]) -> list[Run]:
    query = (
        select(Run)
        .where(Run.tenant_id == context.tenant_id, Run.id.in_(ids), Run.state.in_(AT_AMC))
        .order_by(Run.created_at, Run.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list((await session.execute(query)).scalars())


async def _give_up(database: Database, context: Context, turn: Turn, error: Exception) -> None:
    """Say what is in the way.

    Runs wait for somebody to connect again, those at Amazon as long as Amazon's own time lasts; an
    instance that is gone does not come back.
    """
    for_good = isinstance(error, InstanceNotFound | InstanceGone)
    async with database.transaction(context) as session:
        await _still_ours(session, context, turn)
        now = await session_now(session)
        for run in await _open_runs(session, context, turn.instance_id, lock=True):
            is_over = run.expires_at is not None and run.expires_at < utc_now()
            if for_good or is_over:
                await move(session, context, run, "failed", reason=str(error), now=now)
            elif run.state_reason != str(error):
                await move(session, context, run, run.state, reason=str(error), now=now)
