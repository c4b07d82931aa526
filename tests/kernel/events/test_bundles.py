"""Requests that share an entry of the queue: each its own effect, once, and its own failure."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson

from metatron.kernel.context import Context, system_context
from metatron.kernel.events.bundles import MOST
from metatron.kernel.events.jobs import enqueue_all
from metatron.kernel.events.relay import Relay
from metatron.kernel.events.runner import Runner
from metatron.kernel.ids import new_id
from tests.kernel.events.conftest import Workshop
from tests.kernel.events.test_gathering import Counting

MANY = MOST + 5
_AGAIN = """
insert into kernel.outbox (tenant_id, id, kind, name, arguments)
select ($1::uuid), x.id, 'job', 'test.count', x.arguments::jsonb
from unnest($2::uuid[], $3::text[]) x (id, arguments)
"""


async def ask(workshop: Workshop, tenant: Context, records: list[str]) -> None:
    async with workshop.database.transaction(tenant) as session:
        await enqueue_all(session, tenant, "test.count", [{"record": one} for one in records])


@asynccontextmanager
async def working(workshop: Workshop, counting: Counting) -> AsyncIterator[None]:
    runner = Runner(workshop.database, counting.registry)
    task = asyncio.create_task(runner.run())
    try:
        yield
    finally:
        runner.stop()
        await asyncio.gather(task, return_exceptions=True)


async def test_requests_of_a_tenant_share_entries(workshop: Workshop, tenant: Context) -> None:
    counting, other = Counting(workshop.database, most_attempts=2), system_context(new_id())
    records = [str(new_id()) for _ in range(MANY)]
    await ask(workshop, tenant, records)
    await ask(workshop, other, [str(new_id())])
    assert (
        await Relay(workshop.database.system, counting.registry).drain(workshop.database.system)
        == MANY + 1
    )
    queued = [orjson.loads(entry["payload"]) for entry in await workshop.queued("queued")]
    assert sorted(len(entry.get("each", "1")) for entry in queued) == [1, 5, MOST]
    assert {entry["tenant_id"] for entry in queued} == {
        str(tenant.tenant_id), str(other.tenant_id),
    }  # fmt: skip

    async def done() -> bool:
        return len(await counting.effects(tenant)) == MANY

    async with working(workshop, counting):
        await workshop.until(done)
    assert {len(marks) for marks in (await counting.effects(tenant)).values()} == {1}
    assert len(await counting.effects(other)) == 1


async def test_a_failing_one_is_tried_by_itself_and_held(
    workshop: Workshop, tenant: Context
) -> None:
    counting = Counting(workshop.database, most_attempts=2)
    records = [str(new_id()) for _ in range(6)]
    counting.poisoned = {records[2]}
    await ask(workshop, tenant, records)
    await Relay(workshop.database.system, counting.registry).drain(workshop.database.system)

    async def held() -> bool:
        return len(await workshop.queued("failed")) == 1

    async with working(workshop, counting):
        await workshop.until(held)
    (letter,) = await workshop.queued("failed")
    assert orjson.loads(letter["payload"])["arguments"] == {"record": records[2]}
    assert counting.alone.count(records[2]) == 2
    assert set(await counting.effects(tenant)) == set(records) - {records[2]}
    assert await workshop.queued("queued") == []


async def test_an_entry_with_one_more_is_not_taken_for_the_same(
    workshop: Workshop, tenant: Context
) -> None:
    """The relay died after it had queued and before it had deleted; meanwhile one more came."""
    counting, system = Counting(workshop.database, most_attempts=2), workshop.database.system
    records, ids = [str(new_id()) for _ in range(4)], [new_id() for _ in range(4)]
    arguments = [orjson.dumps({"record": one}).decode() for one in records]
    relay = Relay(system, counting.registry)
    for part in (slice(3), slice(3), slice(4)):
        await system.execute(_AGAIN, tenant.tenant_id, ids[part], arguments[part])
        await relay.drain(system)
    assert len(await workshop.queued("queued")) == 2

    async def done() -> bool:
        return not await workshop.queued("queued") and not await workshop.queued("picked")

    async with working(workshop, counting):
        await workshop.until(done)
    assert {name: len(marks) for name, marks in (await counting.effects(tenant)).items()} == (
        dict.fromkeys(records, 1)
    )
