"""A worker with streams on a database of its own, beside a Redis of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import Event, publish
from metatron.kernel.events.jobs import DeliveredEvent, Subscription
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.relay import Relay
from metatron.kernel.events.runner import Runner
from metatron.kernel.ids import new_id
from metatron.kernel.module import Module
from metatron.kernel.redis_door import RedisDoor
from metatron.kernel.settings import Settings
from metatron.kernel.streams import publisher
from metatron.kernel.streams.station import open_station
from tests.support.redis import LocalRedis, local_redis


class Counted(Event):
    name = "counting.number_counted.v1"
    number: int = 0


class Answered(Event):
    """The effect of a handler: itself an event, for it commits with the handler or not at all."""

    name = "answering.answer_given.v1"
    by: str
    number: int


@dataclass
class Suite:
    """Everything a worker runs, with handlers that leave a mark."""

    settings: Settings
    database: Database
    redis: LocalRedis
    length: int = 1_000
    over_streams: tuple[str, ...] = ("answering",)
    failures: dict[int, int] = field(default_factory=dict)
    attempts: list[int] = field(default_factory=list)
    doors: list[RedisDoor] = field(default_factory=list)
    paused: set[UUID] = field(default_factory=set)

    def registry(self) -> Registry:
        named = [
            Subscription(Counted.name, "answering.first", self._answers("answering.first")),
            Subscription(Counted.name, "answering.second", self._answers("answering.second")),
        ]
        return Registry([Module("answering", "Answering", subscriptions=named)])

    def _answers(self, by: str) -> Callable[..., Awaitable[None]]:
        async def handle(
            session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
        ) -> None:
            number = event.payload["number"]
            self.attempts.append(number)
            answer = Answered(aggregate_id=event.aggregate_id, by=by, number=number)
            await publish(session, context, answer, now=now)
            if self.failures.get(number, 0) > 0:
                self.failures[number] -= 1
                message = "the handler fails after its effect"
                raise RuntimeError(message)

        return handle

    async def count(self, context: Context, *numbers: int) -> list[UUID]:
        found = []
        for number in numbers:
            async with self.database.transaction(context) as session:
                event = Counted(aggregate_id=context.tenant_id, number=number)
                found.append(await publish(session, context, event, now=utc_now()))
        return found

    async def answers(self, context: Context, by: str = "answering.first") -> list[int]:
        """What a handler has done for the tenant, in the sequence in which it was done."""
        async with self.database.transaction(context) as session:
            found = await session.execute(
                text(
                    "select (payload->>'number')::int from kernel.event where name = :name"
                    " and payload->>'by' = :by order by position"
                ),
                {"name": Answered.name, "by": by},
            )
            return list(found.scalars())

    async def until(self, holds: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while not await holds():  # noqa: ASYNC110 - another loop does it
                await asyncio.sleep(0.03)

    async def until_answered(
        self, context: Context, numbers: list[int], seconds: float = 20
    ) -> None:
        async def done() -> bool:
            first = await self.answers(context)
            return (
                sorted(first)
                == sorted(await self.answers(context, "answering.second"))
                == (sorted(numbers))
            )

        await self.until(done, seconds)

    async def until_published(self, module: str = "counting", seconds: float = 20) -> None:
        """Until Redis has the newest entry of a stream that PostgreSQL numbered."""

        async def done() -> bool:
            last = await self.database.system.fetchval(
                "select last_number from kernel.stream where module = $1", module
            )
            return bool(last) and self.ids(module)[-1:] == [f"{last}-0"]

        await self.until(done, seconds)

    def entries(self, module: str = "counting") -> list[tuple[str, dict[str, str]]]:
        with self.redis.client() as asked:
            return asked.xrange(f"metatron:events:{module}")

    def ids(self, module: str = "counting") -> list[str]:
        return [entry_id for entry_id, _ in self.entries(module)]

    async def queued(self) -> int:
        return int(await self.database.system.fetchval("select count(*) from jobs.pgqueuer"))

    @asynccontextmanager
    async def open(self, *, redis: bool = True) -> AsyncIterator[Any]:
        registry = self.registry()
        door = RedisDoor(self.redis.url) if redis else None
        configured = self.settings.model_copy(
            update={"stream_length": self.length, "stream_subscribers": self.over_streams}
        )
        runner = Runner(self.database, registry)
        runtime = SimpleNamespace(
            registry=registry, database=self.database, settings=configured, redis=door
        )
        station = await open_station(runtime, runner)
        relay = Relay(self.database.system, registry, self.database.outboxes, noted=station.noted)
        tasks = [asyncio.create_task(part.run()) for part in (relay, runner, *station.parts)]
        try:
            yield SimpleNamespace(door=door, station=station, tasks=tasks, registry=registry)
            assert not [task for task in tasks if task.done()], "a loop ended"
        finally:
            runner.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if door is not None:
                await door.close()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[LocalRedis]:
    folder = tmp_path / "redis"
    folder.mkdir()
    with local_redis(folder) as running:
        yield running


@pytest.fixture
def suite(
    committed_database: tuple[Settings, Database],
    redis: LocalRedis,
    monkeypatch: pytest.MonkeyPatch,
) -> Suite:
    monkeypatch.setattr(publisher, "LOOK_SECONDS", 0.3)
    return Suite(*committed_database, redis)


@pytest.fixture
def other() -> Context:
    return system_context(new_id())
