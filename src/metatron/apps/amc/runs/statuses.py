"""What Amazon's word about an execution means for its run."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.amazon.answers import Execution
from metatron.apps.amc.runs.parameters import bind
from metatron.apps.amc.runs.records import move
from metatron.apps.amc.runs.refusing import problem_with
from metatron.apps.amc.runs.sources import read_parameters
from metatron.apps.amc.runs.tables import Run
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.jobs import enqueue

log = structlog.get_logger(__name__)
FETCH_JOB = "amc.fetch_result"
FETCH_AGAIN = timedelta(minutes=2)
"""A fetch that has not taken its lease by then is called for once more."""
MOST_SUBMISSIONS = 6
NEVER_ANSWERED = "Amazon gave no answer to this run, however often it was asked."
TIME_OVER = "The run is no longer among Amazon's: its time was over."


async def apply(
    session: AsyncSession, context: Context, run: Run, execution: Execution, *, now: datetime
) -> None:
    """Bring a locked run to where its execution is."""
    run.expires_at = execution.expires_at or run.expires_at
    if execution.has_succeeded:
        await _succeeded(session, context, run, execution, now=now)
    elif execution.has_failed:
        reason = execution.status_reason or f"Amazon ended it: {execution.status}"
        run.problem = await _problem(run, reason)
        await move(session, context, run, "failed", reason=reason, now=now)
    elif execution.is_cancelled:
        await move(session, context, run, "cancelled", reason=execution.status_reason, now=now)
    elif execution.is_unknown:
        reason = f"Amazon says {execution.status[:60]}, which we do not know: it is waited for."
        if run.state_reason != reason:
            log.warning("amc_status_unknown", run_id=str(run.id), status=execution.status[:60])
            await move(session, context, run, run.state, reason=reason, now=now)
    else:
        state = execution.status.lower()
        if run.state != state:
            await move(session, context, run, state, now=now)


async def _succeeded(
    session: AsyncSession, context: Context, run: Run, execution: Execution, *, now: datetime
) -> None:
    if run.dry_run:
        await move(session, context, run, "succeeded", now=now)
        return
    columns = execution.output_columns or ()
    run.columns = [{"name": each.name, "type": each.type} for each in columns]
    run.rows_scanned = execution.rows_scanned
    run.attempts, run.leased_until, run.lease_id = 0, None, None
    await move(session, context, run, "fetching", now=now)
    await call_fetch(session, context, run, now=now)


async def call_fetch(session: AsyncSession, context: Context, run: Run, *, now: datetime) -> None:
    """Ask for the result to be fetched; asked again if nobody has begun in time."""
    run.next_at = now + FETCH_AGAIN
    await session.flush()
    await enqueue(session, context, FETCH_JOB, run_id=run.id)


async def fetch_what_waits(
    session: AsyncSession, context: Context, runs: list[Run], *, now: datetime
) -> None:
    """Call for fetches that nobody does: the worker died, or a pause after a failure is over."""
    for seen in runs:
        if seen.state != "fetching" or (seen.next_at or now) > now:
            continue
        query = (
            select(Run)
            .where(Run.tenant_id == context.tenant_id, Run.id == seen.id, Run.state == "fetching")
            .with_for_update(key_share=True, skip_locked=True)
            .execution_options(populate_existing=True)
        )
        run = (await session.execute(query)).scalar_one_or_none()
        if run is not None and (run.leased_until is None or run.leased_until < now):
            await call_fetch(session, context, run, now=now)


async def _problem(run: Run, reason: str) -> dict[str, Any]:
    bound = None
    with suppress(InvalidInput):
        bound = bind(read_parameters(run.parameters), run.values)
    return await problem_with(run.sql, bound, reason)


async def adopt_or_ask_again(
    session: AsyncSession,
    context: Context,
    run: Run,
    executions: tuple[Execution, ...],
    *,
    now: datetime,
) -> None:
    """Find the execution of a run whose answer was lost; queue the run again if there is none."""
    mine = [each for each in executions if is_of(each, run)]
    if not mine:
        mine = await _of_the_same_window(session, context, run, executions)
    if mine:
        log.info("amc_run_adopted", run_id=str(run.id))
        run.amc_execution_id = str(mine[0].execution_id)
        await move(session, context, run, "pending", now=now)
        return
    run.next_at = now
    if run.attempts >= MOST_SUBMISSIONS:
        await move(session, context, run, "failed", reason=NEVER_ANSWERED, now=now)
    elif run.cancel_asked_at is not None:
        await move(session, context, run, "cancelled", now=now)
    else:
        await move(session, context, run, "queued", now=now)


def is_of(execution: Execution, run: Run) -> bool:
    """Tell whether an execution is that of a run, by its id or by the run's mark in its query."""
    if run.amc_execution_id is not None:
        return str(execution.execution_id) == run.amc_execution_id
    return execution.sql is not None and run.marker in execution.sql


async def _of_the_same_window(
    session: AsyncSession, context: Context, run: Run, executions: tuple[Execution, ...]
) -> list[Execution]:
    """Return what may be the run where Amazon does not show the query: same window, nobody's."""
    zone = ZoneInfo(run.time_zone)
    window = [
        each.replace(tzinfo=zone).astimezone(UTC) for each in (run.window_start, run.window_end)
    ]
    alike = [
        each
        for each in executions
        if each.sql is None and [each.window_start, each.window_end] == window
    ]
    ids = [str(each.execution_id) for each in alike]
    query = select(Run.amc_execution_id).where(
        Run.tenant_id == context.tenant_id,
        Run.instance_id == run.instance_id,
        Run.amc_execution_id.in_(ids),
    )
    taken = set((await session.execute(query)).scalars()) if ids else set()
    return [each for each in alike if str(each.execution_id) not in taken]


async def expire(session: AsyncSession, context: Context, run: Run, *, now: datetime) -> None:
    """Fail a run that Amazon does not list, once Amazon's own time for it is over."""
    if run.expires_at is not None and run.expires_at < utc_now():
        await move(session, context, run, "failed", reason=TIME_OVER, now=now)
