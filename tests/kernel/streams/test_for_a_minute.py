"""Redis is lost for a whole minute: nothing is lost or doubled, and answers come as ever."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from metatron.kernel.context import Context
from metatron.kernel.ids import new_id
from tests.kernel.streams.conftest import Suite
from tests.platform.gateway.test_redis_limits import serving

LOST_SECONDS = 60.0
EVERY_SECONDS = 0.5
LIMIT_A_MINUTE = 400


@pytest.mark.alone
@pytest.mark.timeout(240)
async def test_a_minute_without_redis(suite: Suite, tenant: Context, tmp_path: Path) -> None:
    limits = f'{{"public": [{LIMIT_A_MINUTE}, 100000]}}'
    path = f"/api/v1/public/nobody-{new_id().hex}/campaigns"
    numbers: list[int] = []
    seconds: list[float] = []
    statuses: Counter[int] = Counter()
    async with (
        suite.open() as running,
        serving(suite.settings, suite.redis, tmp_path / "web", limits) as base,
        httpx.AsyncClient(timeout=20) as client,
    ):

        async def announce_and_ask() -> None:
            numbers.append(len(numbers))
            await suite.count(tenant, numbers[-1])
            began = time.monotonic()
            statuses[(await client.get(base + path)).status_code] += 1
            seconds.append(time.monotonic() - began)

        for _ in range(5):
            await announce_and_ask()
        await suite.until_answered(tenant, list(numbers))
        await suite.until_published()
        seconds.clear()
        suite.redis.kill()
        ends = time.monotonic() + LOST_SECONDS
        while time.monotonic() < ends:
            await announce_and_ask()
            await asyncio.sleep(EVERY_SECONDS)
        assert running.door.is_away
        # Nobody waited for it: neither who asked, nor what follows from an event.
        await suite.until_answered(tenant, list(numbers), seconds=15)
        assert (await client.get(f"{base}/health/ready")).status_code == 200
        suite.redis.start()
        await announce_and_ask()
        await suite.until_answered(tenant, list(numbers))
        await suite.until_published()
    assert len(numbers) > 40
    assert set(statuses) == {404}, "nobody is refused, and nothing fails"
    assert sorted(seconds)[len(seconds) // 2] < 0.25
    assert sum(each > 1 for each in seconds) <= 2, "the first may find out that it is away"
    assert await suite.answers(tenant) == numbers
    assert await suite.answers(tenant, "answering.second") == numbers
    assert suite.ids() == [f"{number}-0" for number in range(1, len(numbers) + 1)]
    assert len({told["id"] for _, told in suite.entries()}) == len(numbers)
    assert await suite.queued() == 0
