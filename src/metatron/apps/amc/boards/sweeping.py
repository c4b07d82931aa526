"""Snapshots whose links have expired are deleted: nobody can look at their figures any more."""

from datetime import datetime
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy import text

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.holdings import Holdings
from metatron.kernel.database.lost import PASSED_OVER
from metatron.kernel.errors import DomainError

log = structlog.get_logger(__name__)
AT_ONCE = 500
_HOLDS = "select exists (select from amc.board_snapshot)"
# Each organisation's clock may be ahead of the machine's.
_OWNERS = """
select distinct s.tenant_id from amc.board_snapshot s
left join kernel.tenant_clock k on k.tenant_id = s.tenant_id
where s.expires_at <= $1::timestamptz + make_interval(secs => coalesce(k.offset_seconds, 0))
"""
_FORGET = text("""
delete from amc.board_snapshot where tenant_id = :tenant_id and id = any(array(
  select s.id from amc.board_snapshot s
  left join kernel.tenant_clock k on k.tenant_id = s.tenant_id
  where s.tenant_id = :tenant_id and s.expires_at
    <= cast(:now as timestamptz) + make_interval(secs => coalesce(k.offset_seconds, 0))
  order by s.expires_at limit :at_once))
""")


async def sweep(database: Database, *, now: datetime) -> int:
    """Delete what has expired in all organisations; returns how many snapshots went.

    `now` is the machine's time. An organisation that cannot be worked for waits for the next time.
    """
    gone = 0
    for pool in await database.keep(Holdings).sources(_HOLDS):
        for tenant_id in await _owners(pool, now):
            try:
                gone += await _sweep_one(database, tenant_id, now)
            except DomainError as error:
                log.warning("amc_snapshots_wait", tenant_id=str(tenant_id), error=error.code)
    return gone


async def _owners(pool: "asyncpg.Pool[asyncpg.Record]", now: datetime) -> list[UUID]:
    try:
        return [row["tenant_id"] for row in await pool.fetch(_OWNERS, now)]
    except PASSED_OVER as error:
        log.warning("amc_snapshots_wait", error=type(error).__name__)
        return []


async def _sweep_one(database: Database, tenant_id: UUID, now: datetime) -> int:
    gone = 0
    asked = {"tenant_id": tenant_id, "now": now, "at_once": AT_ONCE}
    while True:
        async with database.transaction(system_context(tenant_id)) as session:
            forgotten = await session.execute(_FORGET, asked)
        some: int = forgotten.rowcount  # type: ignore[attr-defined]
        gone += some
        if some < AT_ONCE:
            return gone
