"""Results are kept for so many days; folders without a run, for whatever reason, are not kept."""

import asyncio
from datetime import datetime, timedelta
from itertools import batched
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.runs.events import ResultDeleted
from metatron.apps.amc.runs.results import keeping
from metatron.apps.amc.runs.tables import ENDED, Run
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import Busy
from metatron.kernel.events.event import publish

log = structlog.get_logger(__name__)
KEPT = timedelta(days=400)
"""A year and what a comparison with the year before needs."""
GRACE_SECONDS = 6 * 3_600
"""No fetch leaves its folder unchanged for that long."""
AT_ONCE = 500


async def sweep(database: Database, *, now: datetime) -> int:
    """Delete what is no longer kept in all tenants; returns how many folders went.

    `now` is the machine's time, by which the folders are dated.
    """
    gone = 0
    instant = now.timestamp() - GRACE_SECONDS
    for tenant_id in await asyncio.to_thread(keeping.tenants):
        context = system_context(tenant_id)
        try:
            found = await asyncio.to_thread(keeping.runs_before, tenant_id, instant)
            for some in batched(found, AT_ONCE):
                gone += await _sweep_some(database, context, some, now)
        except Busy as error:
            log.warning("amc_sweep_waits", tenant_id=str(tenant_id), error=error.code)
    return gone


async def _sweep_some(
    database: Database, context: Context, ids: tuple[UUID, ...], now: datetime
) -> int:
    async with database.transaction(context) as session:
        query = (
            select(Run)
            .where(Run.tenant_id == context.tenant_id, Run.id.in_(ids))
            .with_for_update(key_share=True)
        )
        runs = {run.id: run for run in (await session.execute(query)).scalars()}
        old = [
            run
            for run in runs.values()
            if run.state in ENDED and (run.finished_at or now) < now - KEPT
        ]
        for run in old:
            await _forget(session, context, run, now)
    unknown = [run_id for run_id in ids if run_id not in runs]
    # After the commit: a result that is gone is told of as gone.
    for run_id in [*unknown, *(run.id for run in old)]:
        await keeping.clear(keeping.folder_of(context.tenant_id, run_id))
    return len(unknown) + len(old)


async def _forget(session: AsyncSession, context: Context, run: Run, now: datetime) -> None:
    if run.result_gone_at is None and run.sha256 is not None:
        run.result_gone_at, run.version = now, run.version + 1
        await session.flush()
        await publish(session, context, ResultDeleted(aggregate_id=run.id), now=now)
