"""Steps of the statement tests: moving money, importing, and what came of it."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.platform.payments.interface import StatementPosition, statement_position
from metatron.platform.payments.sandbox_adapter import SandboxAdapter
from metatron.platform.payments.statements import fetching
from metatron.platform.payments.statements.importing import Document, Imported, import_statement
from metatron.platform.payments.statements.reading import parse_statement

HEADER = "value_on,currency,amount_minor,reference,kind,line_id\n"


async def fetch(database: Database, tenant: Context, adapter: SandboxAdapter, on: date) -> int:
    """Fetch one day for one organisation, as the daily job does for all."""
    users = frozenset({tenant.tenant_id})
    lines = [one for one in await adapter.fetch_statement(on) if one.tenant_id in users]
    return await fetching._import_share(database, adapter.name, tenant.tenant_id, on, lines)


async def upload(database: Database, tenant: Context, csv: str) -> Imported:
    """Import a CSV statement."""
    raw = csv.encode()
    document = Document("sandbox", "upload", "csv", raw)
    async with database.transaction(tenant) as session:
        return await import_statement(
            session,
            tenant,
            document=document,
            parsed=parse_statement(raw, "csv"),
            now=utc_now(),
        )


async def breaks(database: Database, tenant: Context) -> list[Any]:
    async with database.transaction(tenant) as session:
        query = (
            "select kind, state, resolution, expected_minor, found_minor, id"
            " from payments.reconciliation_break order by opened_at, id"
        )
        return list(await session.execute(text(query)))


async def lines(database: Database, tenant: Context) -> list[Any]:
    async with database.transaction(tenant) as session:
        query = (
            "select kind, amount_minor, match_state, movement_kind, movement_part, id"
            " from payments.statement_line order by line_no, id"
        )
        return list(await session.execute(text(query)))


async def position(database: Database, tenant: Context, on: date | None = None) -> Any:
    """The one currency's position at the end of tomorrow, or of `on`."""
    day = on or utc_now().date() + timedelta(days=1)
    async with database.transaction(tenant) as session:
        found = await statement_position(session, tenant, provider="sandbox", on=day)
    assert len(found) <= 1
    return found[0] if found else StatementPosition("sandbox", day, "EUR", 0, 0, 0, 0, None)
