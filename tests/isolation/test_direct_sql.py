"""SQL as the application's role: without a tenant, and with the wrong one."""

from typing import Any

import asyncpg
import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import Event, publish
from metatron.kernel.ids import new_id
from metatron.processes import all_modules
from tests.isolation.catalogue import global_tables
from tests.isolation.conftest import Organisation

REFUSED = (
    asyncpg.InsufficientPrivilegeError, asyncpg.RestrictViolationError, asyncpg.RaiseError,
    asyncpg.CheckViolationError, asyncpg.NotNullViolationError,
)  # fmt: skip


class Noted(Event):
    name = "kernel.thing_noted.v1"
    words: str


async def _tables(connection: asyncpg.Connection) -> list[str]:
    rows = await connection.fetch(
        "select n.nspname || '.' || c.relname from pg_class c"
        " join pg_namespace n on n.oid = c.relnamespace"
        " where c.relforcerowsecurity and c.relkind in ('r', 'p') order by 1"
    )
    return [row[0] for row in rows if row[0] not in global_tables(all_modules())]


async def _content(owner: asyncpg.Connection, tenant_id: Any, tables: list[str]) -> dict[str, str]:
    content = {}
    async with owner.transaction():
        await owner.execute("select set_config('app.tenant_id', $1, true)", str(tenant_id))
        for table in tables:
            content[table] = await owner.fetchval(
                "select md5(coalesce(string_agg(r::text, ',' order by r::text), ''))"
                f" from {table} r"
            )
    return content


async def _attack(app: asyncpg.Connection, table: str, bound: str | None, victim: Any) -> None:
    """Every kind of statement; what is not refused reaches no row of the victim."""
    columns = [
        row[0]
        for row in await app.fetch(
            "select attname from pg_attribute where attrelid = $1::text::regclass and attnum > 0"
            " and not attisdropped and attname <> 'tenant_id' and attgenerated = ''"
            " and attidentity = ''",
            table,
        )
    ]
    attempts = [
        f"select count(*) from {table} where tenant_id = '{victim}'",
        f'update {table} set "{columns[0]}" = "{columns[0]}" where tenant_id = \'{victim}\'',
        f"delete from {table} where tenant_id = '{victim}'",
        f"insert into {table} (tenant_id) values ('{victim}')",
        f"update {table} set tenant_id = '{victim}'",
    ]
    for attempt in attempts:
        transaction = app.transaction()
        await transaction.start()
        try:
            if bound is not None:
                await app.execute("select set_config('app.tenant_id', $1, true)", bound)
            if attempt.startswith("select"):
                assert await app.fetchval(attempt) == 0, attempt
                continue
            try:
                done = await app.execute(attempt)
            except REFUSED:
                continue
            assert done.endswith(" 0"), f"{attempt}: {done}"
        finally:
            await transaction.rollback()


@pytest.mark.parametrize("binding", ["nobody", "expired", "another"])
async def test_no_statement_reaches_them(
    database: Database,
    ours: Organisation,
    theirs: Organisation,
    owner_connection: asyncpg.Connection,
    binding: str,
) -> None:
    async with database.transaction(theirs.system) as session:
        event = Noted(aggregate_id=new_id(), words=theirs.marker)
        await publish(session, theirs.system, event, now=utc_now())
    placement = await database.router.place(theirs.tenant_id)
    tables = await _tables(owner_connection)
    assert len(tables) > 30
    before = await _content(owner_connection, theirs.tenant_id, tables)
    async with placement.direct.pool.acquire() as app:
        if binding == "expired":
            # An expired local setting is an empty string from now on, not null.
            await app.execute("select set_config('app.tenant_id', $1, true)", str(theirs.tenant_id))
        bound = str(ours.tenant_id) if binding == "another" else None
        for table in tables:
            await _attack(app, table, bound, theirs.tenant_id)
    assert await _content(owner_connection, theirs.tenant_id, tables) == before
    # The owner's eye sees the row that nobody else reached.
    async with owner_connection.transaction():
        await owner_connection.execute(
            "select set_config('app.tenant_id', $1, true)", str(theirs.tenant_id)
        )
        seen = await owner_connection.fetchval(
            "select count(*) from kernel.event where payload->>'words' = $1", theirs.marker
        )
    assert seen >= 1


async def test_a_dedicated_database_holds_one_tenant(
    database: Database, ours: Organisation, theirs: Organisation
) -> None:
    if theirs.database_name is None:
        pytest.skip("pooled tenants share a database")
    placement = await database.router.place(theirs.tenant_id)
    home = await database.router.place(ours.tenant_id)
    assert placement is not home
    name = await placement.direct.pool.fetchval("select current_database()")
    assert name == theirs.database_name
