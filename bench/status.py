"""`/api/v1/admin/status` while twenty consoles look at it, with three months of samples behind it.

Each looks ten times as often as the page does, so that some seconds say as much as minutes would.
"""

import argparse
import asyncio
import hashlib
import secrets
import sys
import time

import asyncpg
import httpx

from bench._report import Result, show
from bench._running import Suite, running
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres

PATH = "/api/v1/admin/status"
POLLERS, EVERY_SECONDS = 20, 0.5
P95_MILLISECONDS, MOST_BYTES = 50.0, 30_000.0
DAYS = 90
_SAMPLES = """
insert into health.sample (taken_at, healthy, database_ms, requests, errors, p50_ms, p95_ms, p99_ms,
  queue_waiting, queue_oldest_seconds, outbox_due, dead_letters, cpu_percent, memory_percent,
  storage_percent)
select date_bin('10 seconds', now(), timestamptz '2000-01-01 00:00:00+00')
    - n * interval '10 seconds',
  true, 0.4 + random(), 400 + (random() * 4000)::int, (random() * 3)::int, 4 + 8 * random(),
  20 + 90 * random(), 90 + 400 * random(), (random() * 40)::int, random() * 9,
  (random() * 20)::int, 3, 20 + 60 * random(), 40 + 20 * random(), 61.4
from generate_series(1, $1::int) n on conflict do nothing
"""
_CALLS = """
insert into health.call (taken_at, source, target, calls, errors, seconds)
select date_bin('10 seconds', now(), timestamptz '2000-01-01 00:00:00+00')
    - n * interval '10 seconds', s, t, 1000 + (random() * 9000)::int, (random() * 9)::int,
  40 * random()
from generate_series(0, 119) n,
  unnest(array['gateway', 'identity', 'payments', 'console', 'campaigns', 'amc', 'stream']) s,
  unnest(array['gateway', 'identity', 'payments', 'console', 'campaigns', 'amc', 'postgresql',
    'stream']) t
where s <> t on conflict do nothing
"""


async def fill(suite: Suite) -> None:
    """Write what three months and a full Cube leave behind."""
    database = EmbeddedPostgres(suite.data)
    connection = await asyncpg.connect(database.dsn("metatron_owner"))
    await connection.execute(_SAMPLES, DAYS * 8_640, timeout=120)
    await connection.execute(_CALLS)
    await connection.execute("vacuum analyze health.sample")
    await connection.execute("vacuum analyze health.call")
    await connection.close()


async def poll(suite: Suite, key: str, times: list[float], sizes: list[int], end: float) -> None:
    """Look until `end`, with the last tag, as the page does; note seconds and bytes."""
    headers = {"x-admin-key": key}
    async with httpx.AsyncClient(base_url=suite.base_url, headers=headers, timeout=30) as client:
        tag = ""
        await asyncio.sleep(secrets.randbelow(500) / 1_000)
        while time.monotonic() < end:
            begun = time.perf_counter()
            answer = await client.get(PATH, headers={"if-none-match": tag} if tag else {})
            times.append(time.perf_counter() - begun)
            assert answer.status_code in {200, 304}, answer.text
            tag = answer.headers["etag"]
            if answer.status_code == 200:
                sizes.append(len(answer.content))
            await asyncio.sleep(EVERY_SECONDS)


async def measure(suite: Suite, key: str, seconds: float) -> tuple[list[float], list[int], int]:
    """Let all look at once; returns seconds, sizes in bytes, and how many answers were 304."""
    await fill(suite)
    times: list[float] = []
    sizes: list[int] = []
    end = time.monotonic() + seconds
    await asyncio.gather(*(poll(suite, key, times, sizes, end) for _ in range(POLLERS)))
    return sorted(times), sizes, len(times) - len(sizes)


def goal(name: str, unit: str, ours: float, most: float) -> Result:
    """Hold a figure, of which less is better, against the most it may be."""
    return Result(name, unit, round(ours, 3), most, round(most / ours, 3), 1.0, ours <= most)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    key = secrets.token_urlsafe(32)
    digest = hashlib.sha256(key.encode()).hexdigest()
    with running({"METATRON_ADMIN_KEY_HASH": digest}) as suite:
        times, sizes, same = asyncio.run(measure(suite, key, given.seconds))
    p95 = times[int(len(times) * 0.95)] * 1_000
    print(
        f"{len(times)} looks, {same} of them 304; median {times[len(times) // 2] * 1e3:.1f} ms,"
        f" slowest {times[-1] * 1e3:.1f} ms",
        file=sys.stderr,
    )
    show(
        "status",
        [
            goal("p95 of a look, 20 consoles", "ms", p95, P95_MILLISECONDS),
            goal("largest answer", "bytes", float(max(sizes)), MOST_BYTES),
        ],
    )


if __name__ == "__main__":
    main()
