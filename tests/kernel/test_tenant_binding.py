"""Every transaction is bound to one tenant, and rows of others are out of reach."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url, text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database import guard
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.kernel.database.guard import UnsafeRole, check_role
from metatron.kernel.database.session import create_engine, open_session
from metatron.kernel.errors import NoTenant
from metatron.kernel.events.event import Event, publish
from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.settings import Settings


class Noted(Event):
    name = "kernel.thing_noted.v1"
    words: str = ""


async def _note(database: Database, context: Context, words: str) -> None:
    async with database.transaction(context) as session:
        await publish(session, context, Noted(aggregate_id=new_id(), words=words), now=utc_now())


async def test_a_tenant_sees_its_own_rows_only(database: Database, tenant: Context) -> None:
    other = system_context(new_id())
    await _note(database, tenant, "mine")
    await _note(database, other, "theirs")
    async with database.transaction(tenant) as session:
        rows = (await session.execute(text("select payload->>'words' from kernel.event"))).scalars()
        assert rows.all() == ["mine"]
    sql = (
        f"{BOUND} select coalesce(json_agg(e.payload), '[]')::text from bound, lateral"
        " (select payload from kernel.event where tenant_id = bound.t::uuid) e"
    )
    door = await database.direct(tenant)
    assert b"mine" in (await door.json(tenant, sql) or b"")
    assert b"theirs" not in (await door.json(tenant, sql) or b"")


async def test_no_setting_means_no_rows(database: Database, tenant: Context) -> None:
    await _note(database, tenant, "mine")
    pool = database.router.home.direct.pool
    assert await pool.fetchval("select count(*) from kernel.event") == 0


async def test_a_row_for_another_tenant_is_refused(database: Database, tenant: Context) -> None:
    other = system_context(new_id())
    session = await database.session(tenant)
    async with session:
        with pytest.raises(Exception, match="row-level security"):
            await publish(session, other, Noted(aggregate_id=new_id()), now=utc_now())


async def test_a_session_without_tenant_does_not_start(database: Database) -> None:
    session = open_session(database.router.home.engine, None)  # type: ignore[arg-type]
    async with session:
        with pytest.raises(NoTenant):
            await session.execute(text("select 1"))


async def test_events_cannot_be_changed(
    database: Database, settings: Settings, tenant: Context
) -> None:
    await _note(database, tenant, "mine")
    owner = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    try:
        await owner.execute("select set_config('app.tenant_id', $1, false)", str(tenant.tenant_id))
        for attempt in (
            "update kernel.event set name = 'a.b.v1'",
            "delete from kernel.event",
            "truncate kernel.event",
        ):
            with pytest.raises(asyncpg.PostgresError, match="append-only"):
                await owner.execute(attempt)
    finally:
        await owner.close()


async def test_a_dangerous_role_is_refused(settings: Settings) -> None:
    pool = await asyncpg.create_pool(settings.database_owner_url.get_secret_value(), min_size=1)
    try:
        with pytest.raises(UnsafeRole, match="owns tables"):
            await check_role(pool)
    finally:
        await pool.close()


async def test_a_role_beyond_the_policies_is_refused(
    server: EmbeddedPostgres, settings: Settings
) -> None:
    name = make_url(settings.database_url.get_secret_value()).database
    assert name is not None
    role = f"beyond_{new_id().hex}"
    superuser = await asyncpg.connect(server.dsn("postgres", name))
    await superuser.execute(f"create role {role} bypassrls")

    async def become(connection: Any) -> None:
        await connection.execute(f"set role {role}")

    try:
        dsn = server.dsn("postgres", name)
        async with asyncpg.create_pool(dsn, min_size=1, max_size=1, setup=become) as pool:
            with pytest.raises(UnsafeRole, match=f"{role} bypasses row-level security;"):
                await check_role(pool)
        async with asyncpg.create_pool(dsn, min_size=1, max_size=1) as pool:
            with pytest.raises(UnsafeRole, match="is a superuser"):
                await check_role(pool)
    finally:
        await superuser.execute(f"drop role {role}")
        await superuser.close()


async def test_a_server_that_leaks_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = settings.database_url.get_secret_value()
    async with asyncpg.create_pool(dsn, min_size=1, max_size=1) as pool:
        await check_role(pool)
        monkeypatch.setattr(guard, "OLDEST", 990_000)
        with pytest.raises(UnsafeRole, match="or newer is needed, this one says"):
            await check_role(pool)


async def test_no_tenant_is_bound_under_autocommit(settings: Settings) -> None:
    engine = create_engine(settings.database_url.get_secret_value(), size=1)
    loose = engine.execution_options(isolation_level="AUTOCOMMIT")
    async with open_session(loose, system_context()) as session:
        with pytest.raises(NoTenant, match="AUTOCOMMIT"):
            await session.execute(text("select 1"))
    await engine.dispose()
