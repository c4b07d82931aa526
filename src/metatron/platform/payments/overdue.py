"""Taking up instructions and webhooks whose job was lost with a crashed worker."""

from datetime import timedelta

import asyncpg
import structlog
from sqlalchemy import text

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.holdings import Holdings
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import Busy
from metatron.kernel.events.jobs import enqueue
from metatron.platform.payments.inbox import PROCESS_JOB
from metatron.platform.payments.instructions import SEND_JOB

log = structlog.get_logger(__name__)

GRACE = timedelta(minutes=2)
MOST_AT_ONCE = 500

_HOLDS = """
select exists (select from payments.instruction where state in ('approved', 'sent', 'unknown'))
  or exists (select from payments.webhook_inbox where state in ('received', 'parked'))
"""
_OVERDUE = """
with due as (
  select tenant_id, id, next_attempt_at, 'instruction' as kind from payments.instruction
  where state in ('approved', 'sent', 'unknown')
  union all
  select tenant_id, id, next_attempt_at, 'webhook' from payments.webhook_inbox
  where state in ('received', 'parked'))
select due.tenant_id, due.id, due.kind from due left join kernel.tenant_clock c using (tenant_id)
where due.next_attempt_at + $1::interval
      < now() + make_interval(secs => coalesce(c.offset_seconds, 0))
order by due.next_attempt_at limit $2
"""
_POSTPONE = {
    "instruction": text(
        "update payments.instruction set next_attempt_at = :now where tenant_id = :tenant_id"
        " and id = :id and state in ('approved', 'sent', 'unknown')"
    ),
    "webhook": text(
        "update payments.webhook_inbox set next_attempt_at = :now where tenant_id = :tenant_id"
        " and id = :id and state in ('received', 'parked')"
    ),
}


async def take_up_overdue(database: Database) -> int:
    """Enqueue again what is two minutes overdue on its tenant's clock; returns how many.

    Looks into every database: the home one and those of tenants with one of their own. One that
    is away waits for the next sweep and does not stop the others.
    """
    taken = 0
    for pool in await database.keep(Holdings).sources(_HOLDS):
        try:
            taken += await _take_up(database, await pool.fetch(_OVERDUE, GRACE, MOST_AT_ONCE))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, Busy) as error:
            if pool is database.system:
                raise
            log.warning("overdue_payments_not_swept", error=type(error).__name__)
    return taken


async def _take_up(database: Database, rows: "list[asyncpg.Record]") -> int:
    for row in rows:
        context = system_context(row["tenant_id"])
        async with database.transaction(context) as session:
            now = await session_now(session)
            key = {"now": now, "tenant_id": row["tenant_id"], "id": row["id"]}
            # Due from now on: the next sweep waits again before it takes it up once more.
            await session.execute(_POSTPONE[row["kind"]], key)
            if row["kind"] == "instruction":
                await enqueue(session, context, SEND_JOB, instruction_id=row["id"])
            else:
                await enqueue(session, context, PROCESS_JOB, inbox_id=row["id"])
    return len(rows)
