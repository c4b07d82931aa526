"""Many dedicated databases at once: few connections, and nobody goes where nothing is."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.kernel.database.holdings import Holdings
from metatron.kernel.database.stirred import Counters, Rounds
from metatron.kernel.errors import Busy
from metatron.kernel.events.event import Event, publish
from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.moving import move_tenant
from metatron.platform.tenancy.registry import PlacementRegistry
from metatron.platform.tenancy.site import site
from tests.support.people import Door, new_email

from .conftest import Found

pytestmark = pytest.mark.usefixtures("no_databases_left")
BUDGET, STORM_TENANTS, STORM_TASKS, STORM_REQUESTS = 16, 60, 32, 600
READ = (
    f"{BOUND} select coalesce(json_agg(r.words), '[]')::text from bound, lateral"
    " (select payload ->> 'words' as words from kernel.event"
    "  where name = 'kernel.thing_noted.v1' limit 3) r"
)
_OPEN = """
select count(*) from pg_stat_activity
where starts_with(datname, 'metatron_t_') and backend_type = 'client backend'
  and application_name = $1
"""


class Noted(Event):
    name = "kernel.thing_noted.v1"
    words: str = ""


async def _move_out(database: Database, context: Context) -> None:
    await move_tenant(database, tenant_id=context.tenant_id, to="dedicated", now=utc_now())


async def _note(database: Database, context: Context) -> None:
    async with database.transaction(context) as session:
        event = Noted(aggregate_id=new_id(), words=str(context.tenant_id))
        await publish(session, context, event, now=utc_now())


@dataclass
class Storm:
    """Requests of many tenants, each of which sees its own words and no others."""

    database: Database
    tenants: list[Context]
    seen: Counter[str]

    async def one(self) -> None:
        # A few are asked for much more often than the others.
        context = self.tenants[min(int(random.expovariate(0.08)), len(self.tenants) - 1)]
        mine = str(context.tenant_id)
        try:
            if random.random() < 0.7:
                said = await (await self.database.direct(context)).json(context, READ)
                assert said == f'["{mine}"]'.encode(), "words of another tenant"
            else:
                async with self.database.transaction(context) as session:
                    found = await session.execute(
                        text(
                            "select payload ->> 'words' from kernel.event"
                            " where name = 'kernel.thing_noted.v1'"
                        )
                    )
                    assert found.scalars().all() == [mine], "words of another tenant"
            self.seen["answered"] += 1
        except Busy as refusal:
            self.seen["refused" if "Retry-After" in refusal.headers else "left alone"] += 1
        except PoolTimeout:
            # The two connections of one tenant; the edge answers 503 as well.
            self.seen["refused"] += 1

    async def blow(self) -> None:
        left = iter(range(STORM_REQUESTS))

        async def worker() -> None:
            for _ in left:
                await self.one()

        await asyncio.gather(*(worker() for _ in range(STORM_TASKS)))


@pytest.fixture
async def small(settings: Settings, database: Database) -> AsyncIterator[Database]:
    """The doors of a process of its own, with room for few connections."""
    opened = await Database.open(settings.model_copy(update={"dedicated_pool_budget": BUDGET}))
    opened.router.directory = _Named(database.router.directory)
    yield opened
    await opened.close()


class _Named:
    """The same addresses, with a name by which the server's list tells these connections."""

    def __init__(self, inner: object) -> None:
        self._inner = inner

    async def find(self, tenant_id: object) -> object:
        address = await self._inner.find(tenant_id)  # type: ignore[attr-defined]
        return address and self._name(address)

    async def every(self) -> list[object]:
        return [self._name(each) for each in await self._inner.every()]  # type: ignore[attr-defined]

    @staticmethod
    def _name(address: object) -> object:
        more = "&application_name=storm"
        return replace(
            address,  # type: ignore[type-var]
            dsn=address.dsn + more,  # type: ignore[attr-defined]
            system_dsn=address.system_dsn + more,  # type: ignore[attr-defined]
        )


async def test_a_storm_keeps_to_the_budget(
    server: EmbeddedPostgres, database: Database, small: Database, found: Found
) -> None:
    tenants = [await found() for _ in range(STORM_TENANTS)]
    left = iter(tenants)

    async def settle() -> None:
        for context in left:
            await _move_out(database, context)
            await _note(small, context)

    await asyncio.gather(*(settle() for _ in range(4)))
    storm, most = Storm(small, tenants, Counter()), 0

    seeing = await asyncpg.connect(server.dsn("postgres", "postgres"))

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, await seeing.fetchval(_OPEN, "storm"))
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    try:
        await storm.blow()
    finally:
        watching.cancel()
        await asyncio.wait([watching])
        await seeing.close()
    assert storm.seen.total() == STORM_REQUESTS
    assert set(storm.seen) <= {"answered", "refused"}
    # Each miss costs a connection; how many wait too long is the machine's matter.
    assert storm.seen["answered"] > STORM_REQUESTS * 0.4, storm.seen
    assert BUDGET // 2 < most <= BUDGET, most
    assert small.router.budget.open <= BUDGET
    # Afterwards everybody is served again.
    for context in tenants:
        door = await small.direct(context)
        assert await door.json(context, READ) == f'["{context.tenant_id}"]'.encode()


async def test_quiet_databases_are_passed_over(database: Database, found: Found) -> None:
    tenants = [await found() for _ in range(4)]
    for context in tenants:
        await _move_out(database, context)
    ours = {context.tenant_id for context in tenants}
    rounds = Rounds(database, few=0)
    await rounds.sources()
    assert ours <= set(rounds._seen)

    async def looked() -> set[object]:
        await rounds.sources()
        return set(rounds._tenants.values()) & ours

    # Until the counters have told of the moves.
    async with asyncio.timeout(15):
        while len(await looked()) > 1:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.3)
    await _note(database, tenants[2])
    async with asyncio.timeout(15):
        while tenants[2].tenant_id not in await looked():  # noqa: ASYNC110
            await asyncio.sleep(0.3)
    # What said so is looked into again, though nothing is written there.
    await rounds.sources({tenants[1].tenant_id})
    pool = (await database.router.system_pools({tenants[1].tenant_id}))[0]
    rounds.again(pool, 0.0)
    assert tenants[1].tenant_id in await looked()


async def test_a_sweep_comes_only_where_something_may_become_due(
    database: Database, found: Found
) -> None:
    tenants = [await found() for _ in range(3)]
    for context in tenants:
        await _move_out(database, context)
    await _note(database, tenants[0])
    holdings = Holdings(database, few=0)
    probe = "select exists (select from kernel.event where name = 'kernel.thing_noted.v1')"
    own = await database.router.system_pools_by_tenant({each.tenant_id for each in tenants})
    first, second = [await holdings.sources(probe) for _ in range(2)]
    for sources in (first, second):
        assert sources[0] is database.system
        assert own[tenants[0].tenant_id] in sources
        assert own[tenants[1].tenant_id] not in sources
    await _note(database, tenants[1])
    async with asyncio.timeout(15):
        while own[tenants[1].tenant_id] not in await holdings.sources(probe):  # noqa: ASYNC110
            await asyncio.sleep(0.3)
    assert database.keep(Counters) is database.keep(Counters)


async def test_one_behind_answers_migrating_and_the_others_notice_nothing(
    door: Door, database: Database
) -> None:
    clients = {}
    for name in ("behind", "dedicated", "pooled"):
        email = new_email(name)
        facts = await door.organisation(email)
        client = await door.signed_in(email)
        if name != "pooled":
            await move_tenant(database, tenant_id=facts.id, to="dedicated", now=utc_now())
        clients[name] = (client, facts.id)
    client, tenant_id = clients["behind"]
    set_revisions = (
        "update tenancy.placement set schema_revisions = $2 where tenant_id = $1 and is_current"
        " returning schema_revisions"
    )
    newest = await database.system.fetchval(
        "select schema_revisions from tenancy.placement where tenant_id = $1 and is_current",
        tenant_id,
    )
    await database.system.fetchval(set_revisions, tenant_id, ["kernel_0001"])
    directory = database.router.directory
    assert isinstance(directory, PlacementRegistry)
    directory.forget(tenant_id)
    for name, status in (("behind", 503), ("dedicated", 200), ("pooled", 200)):
        answer = await clients[name][0].get("/campaigns")
        assert answer.status_code == status, (name, answer.text)
        if status == 503:
            assert answer.json()["code"] == "tenant_migrating"
            assert answer.headers["retry-after"]
    await database.system.fetchval(set_revisions, tenant_id, newest)
    directory.forget(tenant_id)
    assert (await client.get("/campaigns")).status_code == 200


async def test_the_server_may_be_full(database: Database, found: Found) -> None:
    """Whoever cannot connect for the server is full is told to come back, as over the budget."""
    context = await found()
    await _move_out(database, context)
    name = await database.system.fetchval(
        "select database_name from tenancy.placement where tenant_id = $1 and is_current",
        context.tenant_id,
    )
    owner = await asyncpg.connect(site().owner_dsn())
    await owner.execute(f'alter database "{name}" connection limit 0')
    opened = await Database.open(site().settings)
    opened.router.directory = database.router.directory
    with pytest.raises(Busy):
        await (await opened.direct(context)).json(context, READ)
    await owner.execute(f'alter database "{name}" connection limit -1')
    assert await (await opened.direct(context)).json(context, READ) == b"[]"
    await opened.close()
    await owner.close()
