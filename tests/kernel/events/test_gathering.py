"""Requests that wait at the same moment are done together: each once, one's failure its own."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish, publish_each
from metatron.kernel.events.jobs import Delivery, Job, Together, enqueue, enqueue_all
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.relay import Relay
from metatron.kernel.events.runner import Runner
from metatron.kernel.ids import new_id
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings
from tests.kernel.events.conftest import Marked, Workshop

MANY = 40


class Counting:
    """Handlers that leave a mark for each request, alone or together."""

    def __init__(self, database: Database, *, most_attempts: int = 1) -> None:
        self.database = database
        self.together: list[int] = []
        self.alone: list[str] = []
        self.poisoned: set[str] = set()
        together = Together(self.do_all, fits=lambda given: given["record"] not in self.unfit)
        self.unfit: set[str] = set()
        self.registry = Registry(
            [
                Module(
                    "test",
                    "Test",
                    jobs=[
                        Job("test.count", self.do, most_attempts=most_attempts, together=together)
                    ],
                )
            ]
        )

    async def do(
        self, session: AsyncSession, context: Context, *, now: datetime, record: str
    ) -> None:
        self.alone.append(record)
        mark = Marked(aggregate_id=UUID(record), by="alone", at=now)
        await publish(session, context, mark, now=now)
        if record in self.poisoned:
            message = "this one fails after its effect"
            raise RuntimeError(message)

    async def do_all(
        self, session: AsyncSession, _context: Context, *, now: datetime, each: Sequence[Delivery]
    ) -> None:
        self.together.append(len(each))
        records = [one.arguments["record"] for one in each]
        events = [
            (one.context, Marked(aggregate_id=UUID(record), by="together", at=now))
            for one, record in zip(each, records, strict=True)
        ]
        await publish_each(session, events, now=now)
        if not self.poisoned.isdisjoint(records):
            message = "one of these fails"
            raise RuntimeError(message)

    def message(self, tenant: Context, record: UUID, key: UUID | None = None) -> dict[str, Any]:
        return {
            "tenant_id": str(tenant.tenant_id), "id": str(key or new_id()), "kind": "job",
            "handler": "test.count", "arguments": {"record": str(record)},
        }  # fmt: skip

    async def effects(self, tenant: Context) -> dict[str, list[str]]:
        """Request ids of the marks, by record."""
        rows = await self.database.system.fetch(
            "select aggregate_id, request_id from kernel.event"
            " where tenant_id = $1 and name = 'kernel.mark_left.v1'",
            tenant.tenant_id,
        )
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(str(row["aggregate_id"]), []).append(row["request_id"])
        return found


@pytest.fixture
def counting(committed_database: tuple[Settings, Database]) -> Counting:
    return Counting(committed_database[1])


async def _all_at_once(counting: Counting, messages: list[dict[str, Any]]) -> list[Any]:
    runner = Runner(counting.database, counting.registry)
    job = counting.registry.jobs["test.count"]
    given = (runner._deliver(job, message) for message in messages)
    return await asyncio.gather(*given, return_exceptions=True)


async def test_many_share_transactions_and_each_keeps_its_request(
    counting: Counting, tenant: Context
) -> None:
    records = [new_id() for _ in range(MANY)]
    messages = [counting.message(tenant, record) for record in records]
    assert await _all_at_once(counting, messages) == [None] * MANY
    assert sum(counting.together) + len(counting.alone) == MANY
    assert max(counting.together) > 1
    expected = {message["arguments"]["record"]: [message["id"]] for message in messages}
    assert await counting.effects(tenant) == expected


async def test_a_repeat_in_one_batch_or_later_has_no_second_effect(
    counting: Counting, tenant: Context
) -> None:
    record, other, key = new_id(), new_id(), new_id()
    messages = [counting.message(tenant, record, key) for _ in range(4)]
    messages.append(counting.message(tenant, other))
    for _ in range(2):
        assert await _all_at_once(counting, messages) == [None] * 5
    assert {name: len(marks) for name, marks in (await counting.effects(tenant)).items()} == {
        str(record): 1, str(other): 1,
    }  # fmt: skip


async def test_a_failing_one_fails_alone_and_leaves_no_trace(
    counting: Counting, tenant: Context
) -> None:
    records = [new_id() for _ in range(6)]
    counting.poisoned = {str(records[3])}
    messages = [counting.message(tenant, record) for record in records]
    outcomes = await _all_at_once(counting, messages)
    assert [isinstance(outcome, RuntimeError) for outcome in outcomes] == [
        number == 3 for number in range(6)
    ]
    fine = {str(record) for number, record in enumerate(records) if number != 3}
    assert set(await counting.effects(tenant)) == fine


async def test_what_does_not_fit_goes_by_itself(counting: Counting, tenant: Context) -> None:
    records = [new_id() for _ in range(6)]
    counting.unfit = {str(records[0])}
    await _all_at_once(counting, [counting.message(tenant, record) for record in records])
    assert str(records[0]) in counting.alone
    assert len(await counting.effects(tenant)) == 6


async def test_tenants_do_not_share_a_transaction(counting: Counting, tenant: Context) -> None:
    other = system_context(new_id())
    messages = [
        counting.message(context, new_id()) for _ in range(5) for context in (tenant, other)
    ]
    assert await _all_at_once(counting, messages) == [None] * 10
    assert len(await counting.effects(tenant)) == len(await counting.effects(other)) == 5


async def test_through_relay_and_queue(workshop: Workshop, tenant: Context) -> None:
    counting = Counting(workshop.database)
    records = [str(new_id()) for _ in range(MANY)]
    counting.poisoned = {records[7]}
    async with workshop.database.transaction(tenant) as session:
        await enqueue_all(session, tenant, "test.count", [{"record": one} for one in records])
        await enqueue(session, tenant, "test.count", record=new_id())
    runner = Runner(workshop.database, counting.registry)
    relay = Relay(workshop.database.system, counting.registry)
    tasks = [asyncio.create_task(part.run()) for part in (relay, runner)]

    async def done() -> bool:
        held = len(await workshop.queued("failed"))
        return held == 1 and len(await counting.effects(tenant)) == MANY

    try:
        await workshop.until(done)
    finally:
        runner.stop()
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert records[7] not in await counting.effects(tenant)
