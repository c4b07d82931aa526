"""Looks that nobody takes any more: their job died of its attempts, and nobody asked since."""

from uuid import UUID

import asyncpg
import structlog

from metatron.apps.amc.runs.turns import OVERDUE, call_turn
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.holdings import Holdings
from metatron.kernel.database.lost import PASSED_OVER
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import DomainError

log = structlog.get_logger(__name__)
_HOLDS = "select exists (select from amc.turn)"
_OVERDUE = """
select tenant_id, instance_id from amc.turn
where tick_at < now() - $1::interval and coalesce(leased_until < now(), true)
order by tick_at limit 1000
"""


async def recover(database: Database) -> int:
    """Call for the looks that are overdue in all databases; returns how many."""
    found: list[tuple[UUID, UUID]] = []
    for pool in await database.keep(Holdings).sources(_HOLDS):
        found += await _overdue(pool)
    for tenant_id, instance_id in found:
        context = system_context(tenant_id)
        try:
            async with database.transaction(context) as session:
                now = await session_now(session)
                await call_turn(session, context, instance_id=instance_id, at=now, now=now)
        except DomainError as error:
            # One organisation that is being moved does not stop the others.
            log.warning("amc_recovery_waits", tenant_id=str(tenant_id), error=error.code)
    return len(found)


async def _overdue(pool: "asyncpg.Pool[asyncpg.Record]") -> list[tuple[UUID, UUID]]:
    try:
        rows = await pool.fetch(_OVERDUE, OVERDUE)
    except PASSED_OVER as error:
        log.warning("amc_recovery_waits", error=type(error).__name__)
        return []
    return [(row["tenant_id"], row["instance_id"]) for row in rows]
