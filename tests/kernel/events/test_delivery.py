"""From the commit to the handler: exactly once in effect, retried, held when dead, fair."""

import asyncio
from datetime import timedelta

import orjson
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.events import queue
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.events.pace import PER_ROUND
from metatron.kernel.events.relay import PER_TENANT, Relay
from metatron.kernel.events.runner import LONGEST_RETRY_SECONDS, Runner, retry_delay
from metatron.kernel.ids import new_id
from tests.kernel.events.conftest import LARGE, Happened, Workshop

BOTH = ["test.first", "test.second"]


async def test_every_subscriber_has_one_effect(workshop: Workshop, tenant: Context) -> None:
    record = new_id()
    async with workshop.open():
        await workshop.happen(tenant, record)

        async def delivered() -> bool:
            return await workshop.marks(tenant, record) == BOTH

        await workshop.until(delivered)
        await asyncio.sleep(0.2)
        assert await workshop.marks(tenant, record) == BOTH
    assert await workshop.database.system.fetchval("select count(*) from jobs.pgqueuer") == 0


async def test_what_concerns_nobody_is_not_queued(workshop: Workshop, tenant: Context) -> None:
    async with workshop.database.transaction(tenant) as session:
        for number in (LARGE - 1, LARGE):
            happened = Happened(aggregate_id=new_id(), number=number)
            await publish(session, tenant, happened, now=utc_now())
    await Relay(workshop.database.system, workshop.registry()).drain(workshop.database.system)
    assert sorted(row["entrypoint"] for row in await workshop.queued("queued")) == sorted(
        [*BOTH, *BOTH, "test.large"]
    )


async def test_what_was_queued_before_and_concerns_nobody_does_nothing(
    workshop: Workshop, tenant: Context
) -> None:
    registry, record = workshop.registry(), new_id()
    event = {
        "name": Happened.name, "aggregate_id": str(record), "payload": {"number": LARGE - 1},
        "occurred_at": utc_now().isoformat(),
    }  # fmt: skip
    message = {
        "tenant_id": str(tenant.tenant_id), "id": str(new_id()), "kind": "event", "event": event,
    }  # fmt: skip
    runner = Runner(workshop.database, registry)
    for handler in ("test.large", "test.first"):
        await runner.deliver(registry.handlers()[handler], message | {"handler": handler})
    assert await workshop.marks(tenant, record) == ["test.first"]


async def test_what_rolls_back_never_was(workshop: Workshop, tenant: Context) -> None:
    session = await workshop.database.session(tenant)
    async with session:
        await publish(session, tenant, Happened(aggregate_id=new_id()), now=utc_now())
        await enqueue(session, tenant, "test.mark", record=new_id())
        await session.rollback()
    relay = Relay(workshop.database.system, workshop.registry())
    assert await relay.drain(workshop.database.system) == 0
    assert await workshop.queued("queued") == []


async def test_a_repeated_delivery_has_no_second_effect(
    workshop: Workshop, tenant: Context
) -> None:
    """The relay died after it had queued and before it had deleted: the row is relayed again."""
    record = new_id()
    system = workshop.database.system
    event_id = await workshop.happen(tenant, record)
    again = (
        "insert into kernel.outbox (tenant_id, id, kind, name) values ($1, $2, 'event', $3)",
        tenant.tenant_id, event_id, Happened.name,
    )  # fmt: skip
    async with workshop.open():

        async def delivered() -> bool:
            return await workshop.marks(tenant, record) == BOTH

        async def idle() -> bool:
            return not await system.fetchval(
                "select exists (select from kernel.outbox) or exists (select from jobs.pgqueuer)"
            )

        await workshop.until(delivered)
        for _ in range(2):
            await workshop.until(idle)
            await system.execute(*again)
            await system.execute("notify metatron_outbox")
            await workshop.until(idle)
        assert await workshop.marks(tenant, record) == BOTH


async def test_parallel_deliveries_have_one_effect(workshop: Workshop, tenant: Context) -> None:
    record = new_id()
    runner = Runner(workshop.database, workshop.registry())
    message = {
        "tenant_id": str(tenant.tenant_id), "id": str(new_id()), "kind": "job",
        "handler": "test.mark", "arguments": {"record": str(record)},
    }  # fmt: skip
    job = workshop.registry().jobs["test.mark"]
    await asyncio.gather(*(runner.deliver(job, message) for _ in range(9)))
    assert await workshop.marks(tenant, record) == ["test.mark"]


async def test_a_failure_undoes_the_effect_and_is_tried_again(
    workshop: Workshop, tenant: Context
) -> None:
    record = new_id()
    workshop.failures["test.first"] = 1
    async with workshop.open():
        await workshop.happen(tenant, record)

        async def delivered() -> bool:
            return await workshop.marks(tenant, record) == BOTH

        await workshop.until(delivered)
    assert workshop.runs.count("test.first") == 2
    assert workshop.runs.count("test.second") == 1


async def test_a_dead_job_is_held_and_stops_nobody(workshop: Workshop, tenant: Context) -> None:
    record = new_id()
    async with workshop.open():
        async with workshop.database.transaction(tenant) as session:
            await enqueue(session, tenant, "test.doomed", record=record)
            await enqueue(session, tenant, "test.mark", record=record)

        async def dead() -> bool:
            return len(await workshop.queued("failed")) == 1

        await workshop.until(dead)
        assert await workshop.marks(tenant, record) == ["test.mark"]
    (letter,) = await workshop.queued("failed")
    assert letter["entrypoint"] == "test.doomed"
    assert workshop.runs.count("test.doomed") == 2
    assert orjson.loads(letter["payload"])["arguments"] == {"record": str(record)}


async def test_a_job_of_two_tenants_is_refused(workshop: Workshop, tenant: Context) -> None:
    record = new_id()
    message = {
        "tenant_id": tenant.tenant_id, "id": new_id(), "kind": "job",
        "handler": "test.mark", "arguments": {"record": record},
    }  # fmt: skip
    queries = queue.queries(AsyncpgPoolDriver(workshop.database.system))
    async with workshop.open():
        await queries.enqueue(
            ["test.mark"], [orjson.dumps(message)], [0], headers=[{"tenant_id": str(new_id())}]
        )

        async def dead() -> bool:
            return len(await workshop.queued("failed")) == 1

        await workshop.until(dead)
    assert await workshop.marks(tenant, record) == []
    assert workshop.runs == []


async def test_a_job_waits_for_the_tenants_clock(workshop: Workshop, tenant: Context) -> None:
    record, other = new_id(), system_context(new_id())
    system = workshop.database.system
    due = utc_now() + timedelta(days=30)
    for context in (tenant, other):
        async with workshop.database.transaction(context) as session:
            await enqueue(session, context, "test.mark", run_at=due, record=record)
    async with workshop.open():
        await asyncio.sleep(0.3)
        assert workshop.runs == []
        async with workshop.database.transaction(tenant) as session:
            from sqlalchemy import text

            await session.execute(
                text("insert into kernel.tenant_clock values (:tenant_id, :seconds)"),
                {"tenant_id": tenant.tenant_id, "seconds": 30 * 86_400 + 5},
            )

        async def fired() -> bool:
            return await workshop.marks(tenant, record) == ["test.mark"]

        await workshop.until(fired)
        assert await workshop.marks(other, record) == [], "the other tenant's clock stands"
    told = await system.fetchval(
        "select payload->>'at' from kernel.event where name = 'kernel.mark_left.v1'"
    )
    assert told >= due.isoformat()[:19], "the handler is told the tenant's time"


async def test_a_flood_of_one_tenant_does_not_starve_the_others(
    workshop: Workshop, tenant: Context
) -> None:
    others = [system_context(new_id()) for _ in range(5)]
    async with workshop.database.transaction(tenant) as session:
        for _ in range(500):
            await enqueue(session, tenant, "test.mark", record=new_id())
    for context in others:
        async with workshop.database.transaction(context) as session:
            await enqueue(session, context, "test.mark", record=new_id())
    relay = Relay(workshop.database.system, workshop.registry())
    share = max(PER_TENANT, PER_ROUND // (1 + len(others)))
    assert await relay.drain(workshop.database.system) == share + len(others)
    owners = {orjson.loads(job["payload"])["tenant_id"] for job in await workshop.queued("queued")}
    assert owners == {str(context.tenant_id) for context in [tenant, *others]}


async def test_two_relays_queue_each_event_once(workshop: Workshop, tenant: Context) -> None:
    for _ in range(30):
        await workshop.happen(tenant, new_id())
    relays = [Relay(workshop.database.system, workshop.registry()) for _ in range(2)]

    async def drain(relay: Relay) -> None:
        while await relay.drain(workshop.database.system):
            pass

    for _ in range(3):
        await asyncio.gather(*map(drain, relays))
    keys = [job["dedupe_key"] for job in await workshop.queued("queued")]
    assert len(keys) == len(set(keys)) == 60


def test_the_wait_between_tries_doubles_up_to_a_bound() -> None:
    for attempts in range(40):
        ceiling = min(LONGEST_RETRY_SECONDS, 2.0**attempts)
        for _ in range(20):
            assert ceiling / 2 <= retry_delay(attempts).total_seconds() <= ceiling
