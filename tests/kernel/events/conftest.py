"""A worker with relay on a database of its own, and subscribers that leave a mark."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import Event, publish
from metatron.kernel.events.jobs import DeliveredEvent, Job, Subscription
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.relay import Relay
from metatron.kernel.events.runner import Runner
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings


class Happened(Event):
    name = "kernel.thing_happened.v1"
    number: int = 0


LARGE = 100
"""From this number on a third subscriber has something to do."""


class Marked(Event):
    """The effect of a handler: itself an event, for it commits with the handler or not at all."""

    name = "kernel.mark_left.v1"
    by: str
    at: datetime


@dataclass
class Workshop:
    """Handlers of the test, run by the real relay and the real worker."""

    database: Database
    failures: dict[str, int] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)

    def registry(self) -> Registry:
        return Registry(
            [
                Module(
                    "test",
                    "Test",
                    jobs=[Job("test.mark", self.mark), Job("test.doomed", self.doomed, True, 2)],
                    subscriptions=[
                        Subscription(Happened.name, "test.first", self.heard("test.first")),
                        Subscription(Happened.name, "test.second", self.heard("test.second")),
                        Subscription(
                            Happened.name,
                            "test.large",
                            self.heard("test.large"),
                            when=lambda told: told.get("number", 0) >= LARGE,
                        ),
                    ],
                )
            ]
        )

    def heard(self, name: str) -> Callable[..., Awaitable[None]]:
        async def handle(
            session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
        ) -> None:
            await self._leave_mark(session, context, name, event.aggregate_id, now)

        return handle

    async def mark(
        self, session: AsyncSession, context: Context, *, now: datetime, record: str
    ) -> None:
        await self._leave_mark(session, context, "test.mark", UUID(record), now)

    async def doomed(
        self, session: AsyncSession, context: Context, *, now: datetime, record: str
    ) -> None:
        self.failures["test.doomed"] = 1
        await self._leave_mark(session, context, "test.doomed", UUID(record), now)

    async def _leave_mark(
        self, session: AsyncSession, context: Context, name: str, record: UUID, now: datetime
    ) -> None:
        self.runs.append(name)
        await publish(session, context, Marked(aggregate_id=record, by=name, at=now), now=now)
        if self.failures.get(name, 0) > 0:
            self.failures[name] -= 1
            message = "the handler fails after its effect"
            raise RuntimeError(message)

    async def happen(self, context: Context, record: UUID) -> UUID:
        async with self.database.transaction(context) as session:
            return await publish(session, context, Happened(aggregate_id=record), now=utc_now())

    async def marks(self, context: Context, record: UUID) -> list[str]:
        async with self.database.transaction(context) as session:
            found = await session.execute(
                text(
                    "select payload->>'by' from kernel.event"
                    " where name = 'kernel.mark_left.v1' and aggregate_id = :record"
                ),
                {"record": record},
            )
            return sorted(found.scalars())

    async def until(self, holds: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while not await holds():  # noqa: ASYNC110 - another loop does it
                await asyncio.sleep(0.03)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        registry = self.registry()
        runner = Runner(self.database, registry)
        relay = Relay(self.database.system, registry)
        tasks = [asyncio.create_task(part.run()) for part in (relay, runner)]
        try:
            yield
        finally:
            runner.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def queued(self, status: str) -> list[Any]:
        return list(
            await self.database.system.fetch(
                "select * from jobs.pgqueuer where status = $1::text::jobs.pgqueuer_status"
                " order by id",
                status,
            )
        )


@pytest.fixture
def workshop(committed_database: tuple[Settings, Database]) -> Workshop:
    return Workshop(committed_database[1])
