"""Each tenant has its share of the queue: who fills theirs waits, and keeps nobody else waiting."""

import orjson
import pytest

from metatron.kernel.context import Context, system_context
from metatron.kernel.events import queue_shares
from metatron.kernel.events import relay as relaying
from metatron.kernel.events.jobs import enqueue_all
from metatron.kernel.events.queue_shares import QUEUE_BOUND, TENANT_BOUND
from metatron.kernel.events.relay import PER_ROUND, Relay
from metatron.kernel.ids import new_id

from .conftest import Workshop

_LATER = "update jobs.pgqueuer set execute_after = now() + interval '1 hour'"
_OLDEST_FIRST = "select id from kernel.outbox where tenant_id = $1 order by run_at, id"


async def ask(workshop: Workshop, tenant: Context, times: int) -> None:
    async with workshop.database.transaction(tenant) as session:
        records = [{"record": new_id()} for _ in range(times)]
        await enqueue_all(session, tenant, "test.mark", records)


async def fill(workshop: Workshop, relay: Relay) -> None:
    while await relay.drain(workshop.database.system):
        pass


async def owners(workshop: Workshop) -> list[str]:
    return [
        orjson.loads(entry["payload"])["tenant_id"] for entry in await workshop.queued("queued")
    ]


async def test_a_tenant_that_fills_its_share_does_not_stop_the_others(
    workshop: Workshop, tenant: Context
) -> None:
    relay, other = Relay(workshop.database.system, workshop.registry()), system_context(new_id())
    await ask(workshop, tenant, QUEUE_BOUND + PER_ROUND)
    await fill(workshop, relay)
    assert len(await owners(workshop)) <= TENANT_BOUND + PER_ROUND
    await ask(workshop, other, 1)
    assert await relay.drain(workshop.database.system) == 1
    assert (await owners(workshop)).count(str(other.tenant_id)) == 1


async def test_what_waits_beyond_the_share_goes_on_in_its_sequence(
    workshop: Workshop, tenant: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_shares, "TENANT_BOUND", 20)
    monkeypatch.setattr(relaying, "PER_ROUND", 20)
    system, relay = workshop.database.system, Relay(workshop.database.system, workshop.registry())
    await ask(workshop, tenant, 70)
    asked = [str(row["id"]) for row in await system.fetch(_OLDEST_FIRST, tenant.tenant_id)]
    seen: list[str] = []
    while await relay.drain(system):
        assert await relay.drain(system) == 0, "no more while its share is full"
        entries = await workshop.queued("queued")
        seen += [orjson.loads(entry["payload"])["id"] for entry in entries]
        await system.execute("delete from jobs.pgqueuer")
    assert seen == asked


async def test_a_full_queue_still_takes_a_little_of_everybody(
    workshop: Workshop, tenant: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_shares, "TENANT_BOUND", 30)
    monkeypatch.setattr(queue_shares, "QUEUE_BOUND", 60)
    relay = Relay(workshop.database.system, workshop.registry())
    many, newcomer = [system_context(new_id()) for _ in range(3)], system_context(new_id())
    for context in many:
        await ask(workshop, context, 25)
    await fill(workshop, relay)
    for context in (*many, newcomer):
        await ask(workshop, context, 1)
    assert await relay.drain(workshop.database.system) == 1
    assert (await owners(workshop)).count(str(newcomer.tenant_id)) == 1


async def test_what_is_tried_again_later_takes_nobodys_place(
    workshop: Workshop, tenant: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_shares, "TENANT_BOUND", 20)
    monkeypatch.setattr(queue_shares, "QUEUE_BOUND", 50)
    system, relay = workshop.database.system, Relay(workshop.database.system, workshop.registry())
    for waiting in (20, 20, 20):
        await ask(workshop, tenant, waiting)
        assert await relay.drain(system) == waiting
        await system.execute(_LATER)
    await ask(workshop, tenant, 1)
    assert await relay.drain(system) == 0, "but there is an end to it, for that tenant alone"
