"""Fetching a result: links, files, one Parquet file, and the run that ends with it.

One worker at a time holds a run's lease and keeps it up while it works. One that dies leaves a
lease that ends; who follows the instance's runs calls for the fetch again.
"""

import asyncio
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.amazon.errors import AmazonError, DeadLink, NotAtAmazon, Throttled
from metatron.apps.amc.amazon.identifiers import AmcExecutionId
from metatron.apps.amc.connections.access import AmcApi, client_of
from metatron.apps.amc.connections.errors import AmazonAway, ConnectionNotUsable
from metatron.apps.amc.connections.putting_off import wait_seconds
from metatron.apps.amc.runs import leases
from metatron.apps.amc.runs.errors import RunNotFound
from metatron.apps.amc.runs.records import load, move
from metatron.apps.amc.runs.results import engine, keeping
from metatron.apps.amc.runs.turns import call_turn
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import DomainError
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id

log = structlog.get_logger(__name__)
LEASE = timedelta(seconds=60)
BEAT_SECONDS = 15.0
MOST_LINKS = 5
"""So many times links are asked for within one fetch: a dead one is never tried again."""
MOST_FETCHES = 12
"""Refusals and failures of which another try may help. Waiting for Amazon is none."""
MOST_BREAKS = 3
"""So many times the engine may end by itself."""
WAITS = timedelta(minutes=5)
"""For somebody to sign in again."""
LONGEST_PAUSE = timedelta(minutes=10)
LONGEST_LINE_BYTES = 20_000_000
BUSY = "Amazon takes no more calls just now: the result is fetched as soon as it does."
JUDGE_JOB = "amc.judge_alerts"
_WATCHED = text("""
select 1 from amc.alert where tenant_id = :tenant_id
  and (workflow_id = :workflow_id or schedule_id = :origin_id) limit 1
""")


@dataclass(frozen=True, slots=True)
class Hold:
    """The right to fetch a run's result, until the lease ends."""

    run_id: UUID
    instance_id: UUID
    execution_id: AmcExecutionId
    lease_id: UUID
    attempts: int
    columns: list[Any]


class HoldLost(Exception):
    """The lease ended while we worked: another fetches by now, or nobody should."""


async def fetch(database: Database, context: Context, *, run_id: UUID) -> None:
    """Fetch a run's result, unless it was fetched or somebody is about it."""
    hold = await _take(database, context, run_id)
    if hold is None:
        return
    folder = await asyncio.to_thread(keeping.incoming, context.tenant_id, run_id, hold.lease_id)
    try:
        async with _kept_up(database, context, hold):
            outcome, kept = await _result(database, context, hold, folder)
            await _finish(database, context, hold, folder=folder, outcome=outcome, kept=kept)
    except HoldLost:
        log.warning("amc_fetch_lost", run_id=str(run_id))
    except (Throttled, AmazonAway) as error:
        pause = timedelta(seconds=max(1.0, wait_seconds(error)))
        await _end(database, context, hold, BUSY, pause=pause)
    except ConnectionNotUsable as error:
        await _end(database, context, hold, error.detail, pause=WAITS)
    except (engine.Failed, NotAtAmazon) as error:
        reason = f"The result cannot be kept: {error}"
        # An engine that was killed, by a machine without memory say, may do it at another time.
        broke = isinstance(error, engine.Failed) and error.kind == "worker"
        for_good = not broke or hold.attempts >= MOST_BREAKS
        await _end(database, context, hold, reason, for_good=for_good)
    except (AmazonError, DomainError, OSError) as error:
        # No link is in these texts.
        log.warning("amc_fetch_failed", run_id=str(run_id), error=type(error).__name__)
        await _end(database, context, hold, "The result could not be downloaded.")
    finally:
        await keeping.clear(folder)


async def _take(database: Database, context: Context, run_id: UUID) -> Hold | None:
    async with database.transaction(context) as session:
        now = await session_now(session)
        try:
            run = await load(session, context, run_id, lock=True)
        except RunNotFound:
            return None
        held = run.leased_until is not None and run.leased_until > now
        if run.state != "fetching" or run.amc_execution_id is None or held:
            return None
        run.lease_id, run.leased_until = new_id(), now + LEASE
        run.attempts += 1
        await session.flush()
        return Hold(
            run_id, run.instance_id, AmcExecutionId(run.amc_execution_id), run.lease_id,
            run.attempts, run.columns or [],
        )  # fmt: skip


def _kept_up(database: Database, context: Context, hold: Hold) -> AbstractAsyncContextManager[None]:
    """Keep the lease while a block works; raises `HoldLost`, ending it, when the lease is lost."""
    return leases.kept_up(
        lambda: _renew(database, context, hold), every=BEAT_SECONDS, lost=HoldLost
    )


async def _renew(database: Database, context: Context, hold: Hold) -> bool:
    async with database.transaction(context) as session:
        now = await session_now(session)
        with suppress(RunNotFound):
            run = await load(session, context, hold.run_id, lock=True)
            if run.lease_id == hold.lease_id and run.state == "fetching":
                run.leased_until = now + LEASE
                await session.flush()
                return True
    return False


async def _result(
    database: Database, context: Context, hold: Hold, folder: Path
) -> tuple[dict[str, Any], keeping.Kept]:
    async with database.transaction(context) as session:
        now = await session_now(session)
    client = await client_of(database, context, hold.instance_id, now=now)
    files = await _download(client, hold.execution_id, folder)
    target = folder / keeping.RESULT
    job = {
        "kind": "keep",
        "files": [str(each) for each in files],
        "columns": hold.columns,
        "target": str(target),
        "longest_line": LONGEST_LINE_BYTES,
    }
    outcome = await engine.run(job, limits=engine.KEEPING, files=files, target=target)
    return outcome, await keeping.seal(target)


async def _download(client: AmcApi, execution_id: AmcExecutionId, folder: Path) -> list[Path]:
    """Write all files; what is here already is not read again when links have to be renewed."""
    files: list[Path] = []
    for attempt in range(MOST_LINKS):
        links = await client.download_urls(execution_id)
        if not links.files:
            raise engine.Failed("form", "Amazon names no file of it")
        try:
            for number, link in enumerate(links.files):
                if number < len(files):
                    continue
                path = folder / f"part-{number:05d}.csv"
                await client.download(link, path)
                files.append(path)
        except DeadLink:
            if attempt + 1 == MOST_LINKS:
                raise
            continue
        return files
    raise AssertionError("the last attempt returns or raises")


async def _finish(
    database: Database,
    context: Context,
    hold: Hold,
    *,
    folder: Path,
    outcome: dict[str, Any],
    kept: keeping.Kept,
) -> None:
    async with database.transaction(context) as session:
        now = await session_now(session)
        run = await _ours(session, context, hold)
        # Before the commit: a result that is told of is there. Nobody else can come to this place.
        await keeping.put(folder / keeping.RESULT, context.tenant_id, hold.run_id)
        run.columns, run.row_count = outcome["columns"], outcome["rows"]
        run.size_bytes, run.sha256 = kept.size_bytes, kept.sha256
        await move(session, context, run, "succeeded", now=now)
        watched = {
            "tenant_id": context.tenant_id,
            "workflow_id": run.workflow_id,
            "origin_id": run.origin_id,
        }
        if run.origin != "trial" and (await session.execute(_WATCHED, watched)).first():
            await enqueue(session, context, JUDGE_JOB, run_id=run.id)


async def _ours(session: AsyncSession, context: Context, hold: Hold) -> Any:
    run = await load(session, context, hold.run_id, lock=True)
    if run.lease_id != hold.lease_id or run.state != "fetching":
        raise HoldLost
    return run


async def _end(
    database: Database,
    context: Context,
    hold: Hold,
    reason: str,
    *,
    for_good: bool = False,
    pause: timedelta | None = None,
) -> None:
    """Give the lease back: to try again, or for good.

    A given `pause` is a wait, and no try; otherwise pauses double, and tries come to an end.
    """
    async with database.transaction(context) as session:
        now: datetime = await session_now(session)
        try:
            run = await _ours(session, context, hold)
        except (HoldLost, RunNotFound):
            return
        if for_good or (pause is None and hold.attempts >= MOST_FETCHES):
            await move(session, context, run, "failed", reason=reason, now=now)
            return
        run.lease_id, run.leased_until = None, None
        if pause is not None:
            run.attempts -= 1
        run.next_at = now + (pause or min(LONGEST_PAUSE, timedelta(seconds=2.0**hold.attempts)))
        await move(session, context, run, "fetching", reason=reason, now=now)
        await call_turn(session, context, instance_id=run.instance_id, at=run.next_at, now=now)
