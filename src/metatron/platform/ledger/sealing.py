"""Seals the books of all tenants every minute, up to a booking time that nothing can come before.

A booking time is drawn when the accounts are locked, so its transaction has a number by then. Read
the clock first and the newest transaction's number after it: once every transaction up to that
number has ended, all that was booked up to the clock's time is committed or gone.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.lost import PASSED_OVER
from metatron.kernel.database.stirred import Rounds
from metatron.platform.ledger.seals import MOST_ROWS, announce_seal, seal_next

log = structlog.get_logger(__name__)
_HORIZON = """
select sealed_to, next_to, next_transaction <= pg_snapshot_xmin(pg_current_snapshot()) as is_settled
from ledger.seal_horizon
"""
_TENANTS = """
select distinct tenant_id from ledger.transfer where timestamp > $1 and timestamp <= $2
union
select tenant_id from ledger.resolution
where status = 'expired' and timestamp > $1 and timestamp <= $2
"""
_CLOCK = "select last_value from ledger.booking_clock"
_NEWEST = "select pg_snapshot_xmax(pg_current_snapshot())::text"
_ADVANCE = """
update ledger.seal_horizon
set sealed_to = next_to, next_to = $2, next_transaction = $3::text::xid8 where next_to = $1
"""


def _rounds(database: Database) -> Rounds:
    return Rounds(database)


async def seal_books(database: Database, _context: Context, *, now: datetime) -> None:
    """Seal one round of every database that was written to; one that is away waits for the next."""
    rounds = database.keep(_rounds)
    for source in await rounds.sources():
        try:
            if not await _round(database, source, now):
                rounds.again(source, 0.0)
        except PASSED_OVER as error:
            log.warning("ledger_sealing_passes_over", error=f"{type(error).__name__}: {error}")
            rounds.again(source, 0.0)


async def _round(database: Database, source: Any, now: datetime) -> bool:
    """Seal what has settled; False where something in flight has to be waited for.

    Where nothing was booked nothing is written: such a database counts as quiet.
    """
    horizon = await source.fetchrow(_HORIZON)
    if not horizon["is_settled"]:
        return False
    for row in await source.fetch(_TENANTS, horizon["sealed_to"], horizon["next_to"]):
        await seal_tenant(database, row["tenant_id"], to=horizon["next_to"], now=now)
    # In this sequence: what draws its time after the clock was read is later than that.
    clock = await source.fetchval(_CLOCK)
    newest = await source.fetchval(_NEWEST)
    if not horizon["sealed_to"] == horizon["next_to"] == clock:
        await source.execute(_ADVANCE, horizon["next_to"], clock, newest)
    return True


async def seal_tenant(database: Database, tenant_id: UUID, *, to: int, now: datetime) -> int:
    """Seal a tenant's books up to a booking time; returns how many rows that were.

    The primary key lets one of two sealers win; the other's round fails and comes again.
    """
    context, total = system_context(tenant_id), 0
    while True:
        async with database.transaction(context) as session:
            seal = await seal_next(session, context, to=to, sealed_at=now)
            if seal is None:
                return total
            sealed: int = seal["rows"]
            total += sealed
            is_last = sealed < MOST_ROWS
            if is_last:
                await announce_seal(session, context, seal, now=now)
        if is_last:
            return total
