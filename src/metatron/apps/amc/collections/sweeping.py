"""What is due in all organisations, and outcomes that were lost on their way."""

from typing import Any
from uuid import UUID

import asyncpg
import structlog

from metatron.apps.amc.collections.collecting import collect_due
from metatron.apps.amc.collections.outcomes import run_ended
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.holdings import Holdings
from metatron.kernel.database.lost import PASSED_OVER
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import DomainError

log = structlog.get_logger(__name__)
_HOLDS = """
select exists (select from amc.collection where archived_at is null)
  or exists (select from amc.segment where state = 'running')
"""
# Each organisation's clock may be ahead of the machine's. What has all places taken is not due.
_DUE = """
select c.tenant_id, c.id from amc.collection c
left join kernel.tenant_clock k on k.tenant_id = c.tenant_id
where c.archived_at is null and c.paused_at is null and (
  c.next_segment_at <= now() + make_interval(secs => coalesce(k.offset_seconds, 0))
  or exists (select from amc.collection_segment cs
    join amc.segment s on s.tenant_id = cs.tenant_id and s.id = cs.segment_id
    where cs.tenant_id = c.tenant_id and cs.collection_id = c.id
      and s.due_at <= now() + make_interval(secs => coalesce(k.offset_seconds, 0))))
order by c.tenant_id, c.id limit 5000
"""
_LOST = """
select s.tenant_id, s.run_id, r.state from amc.segment s
join amc.run r on r.tenant_id = s.tenant_id and r.id = s.run_id
left join kernel.tenant_clock k on k.tenant_id = s.tenant_id
where s.state = 'running' and r.state in ('succeeded', 'failed', 'cancelled')
  and r.finished_at < now() + make_interval(secs => coalesce(k.offset_seconds, 0))
    - interval '10 minutes'
order by s.tenant_id, s.id limit 1000
"""


async def sweep(database: Database) -> None:
    """Collect what is due; one organisation that cannot be worked for does not stop the others."""
    for pool in await database.keep(Holdings).sources(_HOLDS):
        for row in await _rows(pool, _LOST):
            await _take_note(database, row)
        for row in await _rows(pool, _DUE):
            await _collect(database, row["tenant_id"], row["id"])


async def _rows(pool: "asyncpg.Pool[asyncpg.Record]", statement: str) -> list[asyncpg.Record]:
    try:
        return list(await pool.fetch(statement))
    except PASSED_OVER as error:
        log.warning("amc_collecting_waits", error=type(error).__name__)
        return []


async def _take_note(database: Database, row: Any) -> None:
    context = system_context(row["tenant_id"])
    try:
        async with database.transaction(context) as session:
            now = await session_now(session)
            await run_ended(session, context, run_id=row["run_id"], to_state=row["state"], now=now)
    except DomainError as error:
        log.warning("amc_collecting_waits", tenant_id=str(row["tenant_id"]), error=error.code)


async def _collect(database: Database, tenant_id: UUID, collection_id: UUID) -> None:
    context = system_context(tenant_id)
    try:
        await collect_due(database, context, collection_id=collection_id)
    except DomainError as error:
        log.warning("amc_collecting_waits", tenant_id=str(tenant_id), error=error.code)
