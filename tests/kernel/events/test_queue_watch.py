"""A job that takes long keeps no other from being begun, whatever is lost meanwhile."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import pytest
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.models import Job as QueuedJob

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import Job, enqueue
from metatron.kernel.events.queue import LastingQueries
from metatron.kernel.events.queue_watch import watched
from metatron.kernel.events.registry import Registry
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings

from .conftest import Workshop
from .test_lost_connections import _kill_all, _work_off

BACK_SECONDS = 60.0
"""Within which all work goes on after any fault (the night's bound)."""


@dataclass
class Slow(Workshop):
    """Has a job that takes as long as the test wants."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    times: int = 0

    def registry(self) -> Registry:
        mark = Job("test.mark", self.mark)
        return Registry([Module("test", "Test", jobs=[mark, Job("test.long", self.wait, False)])])

    async def wait(self, database: Database, context: Context, *, now: datetime) -> None:
        self.times += 1
        self.begun.set()
        await self.over.wait()

    async def begin(self, tenant: Context) -> None:
        async with self.database.transaction(tenant) as session:
            await enqueue(session, tenant, "test.long")
        async with asyncio.timeout(20):
            await self.begun.wait()


@pytest.fixture
def slow(committed_database: tuple[Settings, Database]) -> Slow:
    return Slow(committed_database[1])


@pytest.mark.timeout(240)
async def test_what_is_lost_beside_a_long_job_is_taken_up_beside_it(
    slow: Slow, tenant: Context
) -> None:
    async with slow.open():
        await slow.begin(tenant)
        for _ in range(3):
            await _kill_all(slow)
            async with asyncio.timeout(BACK_SECONDS):
                await _work_off(slow, tenant)
        assert slow.times == 1, "it went on all the time"
        slow.over.set()


LOOKS = ("dequeue", "eligible_queued_work", "next_deferred_eta", "queued_work")
"""What the loop asks the queue in each round."""


@pytest.mark.parametrize("look", LOOKS)
async def test_a_look_that_fails_beside_a_long_job_does_not_wait_for_it(
    slow: Slow, tenant: Context, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    failed = asyncio.Event()
    asks = getattr(Queries, look)

    async def fails(self: Queries, *given: Any, **asked: Any) -> Any:
        if slow.begun.is_set() and not failed.is_set():
            failed.set()
            raise asyncpg.ConnectionDoesNotExistError
        return await asks(self, *given, **asked)

    monkeypatch.setattr(Queries, look, fails)
    async with slow.open():
        await slow.begin(tenant)
        async with asyncio.timeout(20):
            await failed.wait()
            await _work_off(slow, tenant)
        assert slow.times == 1
        slow.over.set()


async def test_jobs_taken_with_an_answer_that_was_lost_are_taken_again_at_once(
    slow: Slow, tenant: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not only when their heartbeat is found missing, half a minute later."""
    lost: list[QueuedJob] = []
    take = Queries.dequeue

    async def loses(self: Queries, *given: Any, **asked: Any) -> list[QueuedJob]:
        jobs = await take(self, *given, **asked)
        if slow.begun.is_set() and jobs and not lost:
            lost.extend(jobs)
            raise asyncpg.ConnectionDoesNotExistError
        return jobs

    monkeypatch.setattr(Queries, "dequeue", loses)
    async with slow.open():
        await slow.begin(tenant)
        async with asyncio.timeout(20):
            await _work_off(slow, tenant)
        assert [job.entrypoint for job in lost] == ["test.mark"]
        assert slow.times == 1, "what was answered before goes on and is not taken again"
        slow.over.set()


async def test_a_loop_that_looks_for_nothing_is_begun_anew(
    slow: Slow, tenant: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metatron.kernel.events.queue_watch.STALLED_SECONDS", 1.0)
    monkeypatch.setattr("metatron.kernel.events.queue_watch._LOOK_SECONDS", 0.5)
    stuck = asyncio.Event()
    take = LastingQueries.dequeue

    async def gets_stuck(self: LastingQueries, **asked: object) -> list[QueuedJob]:
        if slow.begun.is_set() and not stuck.is_set():
            stuck.set()
            await asyncio.Event().wait()
        return await take(self, **asked)

    monkeypatch.setattr(LastingQueries, "dequeue", gets_stuck)
    async with slow.open():
        await slow.begin(tenant)
        async with asyncio.timeout(20):
            await stuck.wait()
            await _work_off(slow, tenant)
        slow.over.set()


async def test_what_a_loop_raises_is_raised() -> None:
    async def fails() -> None:
        await asyncio.sleep(0)
        message = "of the loop"
        raise RuntimeError(message)

    looks = LastingQueries.__new__(LastingQueries)
    with pytest.raises(RuntimeError, match="of the loop"):
        await watched(fails(), looks, is_stopping=lambda: False)
