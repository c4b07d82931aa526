"""Many tenants share few connections; whatever breaks in mid-transaction, nothing stays behind."""

import asyncio
import os
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.kernel.events.event import Event, publish
from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.settings import Settings

from .pgbouncer import pgbouncer

REQUESTS = int(os.environ.get("METATRON_TEST_BLEED_REQUESTS", "20000"))
SEED = int(os.environ.get("METATRON_TEST_SEED") or random.SystemRandom().randrange(1 << 32))
TENANTS, TASKS, CONNECTIONS = 50, 200, 4
THROUGH_POOLER = int(os.environ.get("METATRON_TEST_POOLER_REQUESTS", "4000"))
"""Five times as many take over a minute and are run by hand."""
POOLER_TASKS, SERVERS = 200, 4
READ = (
    f"{BOUND} select coalesce(json_agg(r.words), '[]')::text from bound, lateral"
    " (select payload ->> 'words' as words from kernel.event order by position desc limit 3) r"
)
SLOW_READ = (
    f"{BOUND} select json_agg(r.words)::text from bound, pg_sleep(0.05), lateral"
    " (select payload ->> 'words' as words from kernel.event limit 3) r"
)
EXPECTED = {
    "none", "cancel", "timeout", "raise", "error",
    "cancelled", "Broken", "TimeoutError", "DivisionByZeroError", "DBAPIError",
}  # fmt: skip
"""What a request may meet; a statement that is not there, for one, would be the pooler's."""
SETTINGS = (
    "select name, setting from pg_settings where name not in"
    " ('transaction_isolation', 'transaction_read_only', 'transaction_deferrable')"
)


class Noted(Event):
    name = "kernel.thing_noted.v1"
    words: str = ""


class Broken(Exception):
    """Raised by a request in the middle of its transaction."""


class Crowd:
    """Requests of many tenants through both doors, some of which go wrong."""

    def __init__(self, database: Database, tenants: list[Context]) -> None:
        self.database, self.tenants = database, tenants
        self.seen: Counter[str] = Counter()

    @classmethod
    async def gather(cls, database: Database) -> "Crowd":
        """Give each of the tenants something to see."""
        tenants = [system_context(new_id()) for _ in range(TENANTS)]
        for context in tenants:
            async with database.transaction(context) as session:
                await publish(session, context, _noted(context), now=utc_now())
        return cls(database, tenants)

    async def storm(self, *, tasks: int, requests: int) -> None:
        """Send the requests, `tasks` at a time; every kind of fault must have come up."""
        left = requests

        async def work(number: int) -> None:
            nonlocal left
            chance = random.Random(SEED + number)
            while left > 0:
                left -= 1
                await self.request(chance)

        async with asyncio.TaskGroup() as group:
            for number in range(tasks):
                group.create_task(work(number))
        print(dict(self.seen))
        kinds = " ".join(self.seen)
        for kind in ("direct none", "session none", "cancelled", "Broken", "TimeoutError"):
            assert kind in kinds, (kind, self.seen)

    async def request(self, chance: random.Random) -> None:
        context = chance.choice(self.tenants)
        fault = chance.choice(["none", "none", "none", "raise", "cancel", "timeout", "error"])
        work = self.direct if chance.random() < 0.5 else self.session
        task = asyncio.ensure_future(work(context, fault, chance.random() * 0.02))
        try:
            if fault == "cancel":
                await asyncio.sleep(chance.random() * 0.02)
                task.cancel()
            await task
            self.seen[f"{work.__name__} {fault} answered"] += 1
        except asyncio.CancelledError:
            self.seen[f"{work.__name__} cancelled"] += 1
        except (Broken, TimeoutError, asyncpg.PostgresError, SQLAlchemyError) as error:
            self.seen[f"{work.__name__} {type(error).__name__}"] += 1

    async def direct(self, context: Context, fault: str, seconds: float) -> None:
        door = await self.database.direct(context)
        if fault == "timeout":
            async with asyncio.timeout(seconds):
                await door.json(context, SLOW_READ)
        if fault == "error":
            await door.json(context, f"{BOUND} select (1 / 0)::text from bound")
        self.judge(context, await door.json(context, READ))

    async def session(self, context: Context, fault: str, seconds: float) -> None:
        session = await self.database.session(context)
        async with session:
            query = text("select payload ->> 'words' from kernel.event order by position limit 3")
            self.judge(context, (await session.execute(query)).scalars().all())
            if fault == "raise":
                await publish(session, context, _noted(context), now=utc_now())
                raise Broken
            if fault == "error":
                await session.execute(text("select 1 / 0"))
            if fault == "timeout":
                async with asyncio.timeout(seconds):
                    await session.execute(text("select pg_sleep(0.05)"))
            self.judge(context, (await session.execute(query)).scalars().all())
            await session.commit()
            self.judge(context, (await session.execute(query)).scalars().all())

    def judge(self, context: Context, answer: Any) -> None:
        words = str(answer if isinstance(answer, bytes) else "|".join(answer))
        assert str(context.tenant_id) in words, "a tenant did not see its own rows"
        for other in self.tenants:
            assert other is context or str(other.tenant_id) not in words, "another tenant's rows"


def _noted(context: Context) -> Noted:
    return Noted(aggregate_id=new_id(), words=f"of {context.tenant_id}")


@pytest.mark.timeout(600)
async def test_connections_carry_nothing_from_tenant_to_tenant(settings: Settings) -> None:
    print(f"seed {SEED}, {REQUESTS} requests")
    small = settings.model_copy(
        update={"session_pool_size": CONNECTIONS, "direct_pool_size": CONNECTIONS}
    )
    database = await Database.open(small)
    try:
        crowd = await Crowd.gather(database)
        before = await _settings_of_all(database, crowd.tenants[0])
        await crowd.storm(tasks=TASKS, requests=REQUESTS)
        after = await _settings_of_all(database, crowd.tenants[0])
        assert set(after) <= set(before)
    finally:
        await database.close()


@pytest.mark.timeout(900)
async def test_nor_does_a_pooler_in_transaction_mode(
    settings: Settings, server: EmbeddedPostgres, tmp_path: Path
) -> None:
    print(f"seed {SEED}, {THROUGH_POOLER} requests through pgbouncer")
    with pgbouncer(server, tmp_path, servers=SERVERS) as pooler:
        behind = settings.model_copy(
            update={
                "database_url": SecretStr(pooler.address(settings.database_url)),
                "database_pooler": True,
            }
        )
        database = await Database.open(behind)
        try:
            crowd = await Crowd.gather(database)
            await crowd.storm(tasks=POOLER_TASKS, requests=THROUGH_POOLER)
            answered = sum(n for kind, n in crowd.seen.items() if kind.endswith("none answered"))
            failed = {kind for kind in crowd.seen if " none" in kind} - {
                "direct none answered", "session none answered",
            }  # fmt: skip
            assert answered > THROUGH_POOLER // 4
            assert not failed
            strange = {kind.split()[1] for kind in crowd.seen} - EXPECTED
            assert not strange, crowd.seen
        finally:
            await database.close()
        bindings = await pooler.bindings(settings.database_url, SERVERS)
        assert len(bindings) == SERVERS
        assert set(bindings.values()) == {""}


async def _settings_of_all(database: Database, context: Context) -> list[tuple[Any, ...]]:
    """The settings, and the tenant, that each connection of both doors has between requests."""
    found = []
    door = database.router.home.direct
    held = [await door.pool.acquire() for _ in range(door.pool.get_max_size())]
    assert door.lines is not None
    for connection in (*held, *(line.connection for line in door.lines._idle)):
        rows = await connection.fetch(SETTINGS)
        bound = await connection.fetchval("select current_setting('app.tenant_id', true)")
        locks = await connection.fetchval(
            "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"
        )
        found.append(("direct", bound or "", locks, *sorted(tuple(row) for row in rows)))
    for connection in held:
        await door.pool.release(connection)
    engine = database.router.home.engine
    opened = [await engine.connect() for _ in range(CONNECTIONS)]
    for each in opened:
        rows = (await each.execute(text(SETTINGS))).all()
        bound = (await each.execute(text("select current_setting('app.tenant_id', true)"))).scalar()
        found.append(("session", bound or "", 0, *sorted(tuple(row) for row in rows)))
    for each in opened:
        await each.close()
    return [tuple(each) for each in found]


async def test_a_context_cannot_be_changed_under_a_session(database: Database) -> None:
    """What a session is bound to is fixed when it is opened."""
    mine = system_context(new_id())
    with pytest.raises(AttributeError):
        mine.tenant_id = new_id()  # type: ignore[misc]
    assert replace(mine, tenant_id=new_id()) != mine
