"""Web processes share limits through Redis, and answer as ever while it is away."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.redis_door import RedisDoor
from metatron.kernel.settings import Settings
from metatron.platform.gateway.redis_leases import RedisLeases
from metatron.platform.gateway.shares import Shares
from metatron.platform.gateway.windows import Limit
from tests.platform.gateway.test_shares import within_an_hour
from tests.platform.payments.provider_process import free_port
from tests.support.redis import LocalRedis, local_redis

ROOT = Path(__file__).parents[3]
START = 1_800_000_000.0


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[LocalRedis]:
    folder = tmp_path / "redis"
    folder.mkdir()
    with local_redis(folder) as running:
        yield running


async def taken(shares: list[Shares], name: str, limit: Limit, *, now: float, calls: int) -> int:
    """How many of the calls pass, which go to the processes in turn."""
    passed = 0
    for number in range(calls):
        verdict = await shares[number % len(shares)].hit([(name, (limit,))], now=now)
        passed += not verdict.refused
    return passed


@pytest.mark.parametrize(("processes", "used"), [(1, 3), (2, 1), (2, 2), (4, 4)])
@pytest.mark.parametrize("most", [100, 603])
async def test_the_limit_holds_and_fades_as_it_does_in_the_database(
    redis: LocalRedis, processes: int, used: int, most: int
) -> None:
    """With one process named, none has a share of its own: any number of them may share."""
    doors = [RedisDoor(redis.url) for _ in range(used)]
    # No database: whatever would ask it fails.
    shares = [
        Shares(None, processes=processes, redis=RedisLeases(door))  # type: ignore[arg-type]
        for door in doors
    ]
    name, limit = f"tenant/{new_id()}", Limit(most, 60)
    passed = await taken(shares, name, limit, now=START, calls=most * 2)
    assert most * 0.85 <= passed <= most
    later = await taken(shares, name, limit, now=START + 90, calls=most * 2)
    assert most * 0.35 <= later <= most * 0.6 + 1
    long_after = await taken(shares, name, limit, now=START + 600, calls=most * 2)
    assert most * 0.85 <= long_after <= most
    with redis.client() as asked:
        keys = asked.keys("metatron:allowance:*")
        assert keys
        assert all(0 < asked.ttl(key) <= 2 * 60 + 60 for key in keys)
        assert not any(str(name) in key for key in keys), "callers are known by a hash"
    for door in doors:
        await door.close()


@pytest.mark.alone
@pytest.mark.parametrize("way", ["kill", "hold"])
async def test_while_redis_is_away_the_database_counts(
    redis: LocalRedis, database: Database, way: str
) -> None:
    door = RedisDoor(redis.url)
    shares = Shares(database.system, processes=2, redis=RedisLeases(door))
    name, limit = f"tenant/{new_id()}", Limit(100, 60)
    await taken([shares], name, limit, now=START, calls=20)
    getattr(redis, way)()
    began = time.monotonic()
    passed = await taken([shares], name, limit, now=START, calls=300)
    assert door.is_away
    assert time.monotonic() - began < 5
    assert 70 <= passed <= 100, "a limit, whoever counts"
    await door.close()


@asynccontextmanager
async def serving(
    settings: Settings, redis: LocalRedis, folder: Path, limits: str
) -> AsyncIterator[str]:
    """One web process of its own; yields its address."""
    port = free_port()
    folder.mkdir()  # noqa: ASYNC240
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "src"),
        "METATRON_DATABASE_URL": settings.database_url.get_secret_value(),
        "METATRON_DATABASE_SYSTEM_URL": settings.database_system_url.get_secret_value(),
        "METATRON_SECRET_KEYS": settings.secret_keys.get_secret_value(),
        "METATRON_DATA_DIR": str(folder),
        "METATRON_SIGNING_KEY_DIR": str(settings.signing_key_dir),
        "METATRON_PAYMENTS_SECRET": "x",
        "METATRON_PAYMENTS_WEBHOOK_SECRETS": "y",
        "METATRON_PORT": str(port),
        "METATRON_RATE_LIMITS": limits,
        "METATRON_REDIS_URL": redis.url,
    }
    argv = [sys.executable, "-m", "metatron", "serve", "web", "--workers", "1"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(argv, env=environment, cwd=folder, stdout=log, stderr=log)  # noqa: ASYNC220
    base = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(90):
            while not await _answers(base):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        yield base
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, 30)


async def _answers(base: str) -> bool:
    try:
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{base}/health/live")).is_success
    except httpx.TransportError:
        return False


@pytest.mark.timeout(240)
async def test_two_web_processes_share_one_limit_and_outlive_redis(
    settings: Settings, redis: LocalRedis, tmp_path: Path
) -> None:
    most = 200
    limits = f'{{"public": [100000, {most}]}}'
    path = f"/api/v1/public/nobody-{new_id().hex}/campaigns"
    async with (
        serving(settings, redis, tmp_path / "one", limits) as one,
        serving(settings, redis, tmp_path / "two", limits) as two,
        httpx.AsyncClient(timeout=20) as client,
    ):

        async def call(base: str) -> tuple[int, float]:
            began = time.monotonic()
            status = (await client.get(base + path)).status_code
            return status, time.monotonic() - began

        await within_an_hour()
        answers = [await call((one, two)[number % 2]) for number in range(2 * most)]
        passed = sum(status != 429 for status, _ in answers)
        assert most * 0.85 <= passed <= most

        # Held, it takes every connection and says nothing.
        redis.hold()
        held = [await call((one, two)[number % 2]) for number in range(40)]
        slowest = sorted(seconds for _, seconds in held)
        assert slowest[-3] < 1.0, "at most the first of each process waits for it, a quarter second"
        assert slowest[-1] < 2.0
        assert {status for status, _ in held} <= {404, 429}
        for base in (one, two):
            ready = await client.get(f"{base}/health/ready")
            assert ready.status_code == 200
            said = (await client.get(f"{base}/health")).json()
            assert said["checks"]["redis"] == "degraded"
        redis.let_go()
        async with asyncio.timeout(20):
            while (await client.get(f"{one}/health")).json()["checks"]["redis"] != "healthy":  # noqa: ASYNC110
                await asyncio.sleep(0.2)
