"""Whatever happens to Redis and to the worker, every event is handled once, and in sequence.

Out of the seed: what is announced where, which handlers fail, when Redis is killed (with or
without what it had), held, flushed, and when the worker is stopped in the middle of its work.
"""

import asyncio
import random
from contextlib import AsyncExitStack

import pytest

from metatron.kernel.context import Context, system_context
from metatron.kernel.ids import new_id
from tests.kernel.streams.conftest import Suite

HANDLERS = ("answering.first", "answering.second")
STEPS = 45


class World:
    """One run."""

    def __init__(self, suite: Suite, seed: int) -> None:
        self.suite, self.draw = suite, random.Random(seed)
        self.tenants: list[Context] = [system_context(new_id()) for _ in range(3)]
        self.announced: dict[Context, list[int]] = {tenant: [] for tenant in self.tenants}
        self.number, self.state = 0, "up"
        self.worker = AsyncExitStack()
        self.failed: set[int] = set()

    async def announce(self) -> None:
        for _ in range(self.draw.randint(1, 6)):
            tenant = self.draw.choice(self.tenants)
            self.number += 1
            if self.draw.random() < 0.08:
                self.suite.failures[self.number] = 1
                self.failed.add(self.number)
            await self.suite.count(tenant, self.number)
            self.announced[tenant].append(self.number)

    async def trouble(self) -> None:
        redis = self.suite.redis
        if self.state == "held":
            redis.let_go()
            self.state = "up"
        elif self.state == "down":
            redis.start()
            self.state = "up"
        else:
            what = self.draw.choice(["kill", "kill and forget", "hold", "flush"])
            if what == "flush":
                with redis.client() as asked:
                    asked.flushall()
            elif what == "hold":
                redis.hold()
                self.state = "held"
            else:
                redis.kill(forget=what != "kill")
                self.state = "down"

    async def restart_worker(self) -> None:
        await self.worker.aclose()
        self.worker = AsyncExitStack()
        await self.worker.enter_async_context(self.suite.open())

    async def run(self) -> None:
        await self.restart_worker()
        for _ in range(STEPS):
            act = self.draw.choices(
                [self.announce, self.trouble, self.restart_worker], weights=[6, 2, 1]
            )[0]
            await act()
            await asyncio.sleep(self.draw.choice([0, 0.02, 0.2]))
        while self.state != "up":
            await self.trouble()
        # Even with nothing lost lately: one more event each, behind which all has been handled.
        for tenant in self.tenants:
            self.number += 1
            await self.suite.count(tenant, self.number)
            self.announced[tenant].append(self.number)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", [11, 12, 13])
async def test_every_event_is_handled_once_and_in_sequence(suite: Suite, seed: int) -> None:
    print(f"seed {seed}")
    world = World(suite, seed)
    try:
        await world.run()
        for tenant, numbers in world.announced.items():
            await suite.until_answered(tenant, numbers, seconds=60)
        await suite.until_published(seconds=30)
    finally:
        await world.worker.aclose()
    for tenant, numbers in world.announced.items():
        for handler in HANDLERS:
            done = await suite.answers(tenant, handler)
            assert sorted(done) == numbers, f"seed {seed}: once each"
            kept = [number for number in done if number not in world.failed]
            assert kept == sorted(kept), f"seed {seed}: in sequence, but for what was tried again"
    assert suite.ids() == [f"{number}-0" for number in range(1, world.number + 1)]
    assert len({told["id"] for _, told in suite.entries()}) == world.number
