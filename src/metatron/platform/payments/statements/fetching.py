"""Fetching the providers' own statements each day, and sharing them out between organisations."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

import asyncpg
import orjson
import structlog

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import Busy
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.platform.payments.adapter import Capability, PaymentAdapter, StatementLine
from metatron.platform.payments.errors import ProviderUnavailable
from metatron.platform.payments.providers import all_adapters
from metatron.platform.payments.statements.importing import Document, import_statement
from metatron.platform.payments.statements.parsed import ParsedStatement, finished

log = structlog.get_logger(__name__)

DAYS_BACK = 3
"""How many past days are fetched anew: lines come late, and a day may have been missed."""
_USERS = """
select distinct tenant_id from payments.instruction where provider = $1 and state <> 'created'
"""


async def fetch_statements(database: Database, *, now: datetime) -> int:
    """Fetch the last days of every provider that has statements; returns how many were new.

    A provider that does not answer, or an organisation whose database is away, does not stop the
    others; the next day's run fetches the same days again.
    """
    total = 0
    for adapter in all_adapters():
        if Capability.STATEMENTS not in adapter.capabilities:
            continue
        users = await _users(database, adapter.name)
        for back in range(DAYS_BACK, 0, -1):
            on = now.date() - timedelta(days=back)
            try:
                total += await _fetch_day(database, adapter, on, users)
            except ProviderUnavailable:
                log.warning("statement_not_fetched", provider=adapter.name, on=on.isoformat())
    return total


async def _fetch_day(
    database: Database, adapter: PaymentAdapter, on: date, users: frozenset[UUID]
) -> int:
    shares: dict[UUID, list[StatementLine]] = defaultdict(list)
    for tenant_id in users:
        shares[tenant_id] = []
    for line in await adapter.fetch_statement(on):
        # What names no organisation, or none of ours, is the platform's own to explain.
        owner = line.tenant_id if line.tenant_id in users else None
        shares[owner or PLATFORM_TENANT_ID].append(line)
    new = 0
    for tenant_id, lines in shares.items():
        try:
            new += await _import_share(database, adapter.name, tenant_id, on, lines)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, Busy) as error:
            log.warning("statement_not_kept", tenant_id=str(tenant_id), error=type(error).__name__)
    return new


async def _import_share(
    database: Database, provider: str, tenant_id: UUID, on: date, lines: list[StatementLine]
) -> int:
    context = system_context(tenant_id)
    parsed = ParsedStatement(on, on, _numbered(lines))
    document = Document(provider, "fetch", "api", _canonical(on, lines))
    async with database.transaction(context) as session:
        now = await session_now(session)
        done = await import_statement(session, context, document=document, parsed=parsed, now=now)
    return int(done.reconciled is not None)


def _numbered(lines: list[StatementLine]) -> tuple[StatementLine, ...]:
    return finished(lines).lines if lines else ()


def _canonical(on: date, lines: list[StatementLine]) -> bytes:
    return orjson.dumps({"date": on, "lines": lines}, option=orjson.OPT_SORT_KEYS)


async def _users(database: Database, provider: str) -> frozenset[UUID]:
    """Return the organisations that have moved money with a provider, in every database."""
    found: set[UUID] = set()
    for pool in await database.outboxes():
        try:
            found.update(row["tenant_id"] for row in await pool.fetch(_USERS, provider))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, Busy) as error:
            log.warning("database_not_asked_for_statements", error=type(error).__name__)
    return frozenset(found)
