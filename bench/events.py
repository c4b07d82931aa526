"""What Redis adds to an event: announced and carried with it and without, in turn, in one run.

    bin/bench events [--rounds 6] [--events 4000]

Announced in transactions of their own, 50 tenants in turn; carried by the relay, and with Redis
numbered and sent on their streams. Nobody subscribes: what handlers do is theirs.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from pydantic import SecretStr

from bench._processes import cpu_seconds
from bench._report import Result, result, show
from bench.night.redis_server import PROGRAM, RedisServer
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import Event, publish
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.relay import Relay
from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.orphans import recorded_pid
from metatron.kernel.redis_door import RedisDoor
from metatron.kernel.secrets import new_key
from metatron.kernel.settings import Settings
from metatron.kernel.streams.publisher import Publisher
from metatron.platform.tenancy.interface import prepare
from metatron.processes import all_modules, migrate

TENANTS = 50
LENGTH = 1_000_000


class Measured(Event):
    """As long as most are."""

    name = "kernel.thing_measured.v1"
    number: int
    words: str = "a payload of some hundred bytes " * 4


@dataclass(frozen=True, slots=True)
class Cost:
    """What one event took: microseconds of processor time by who spent it, bytes of log."""

    announced: float
    ours: float
    database: float
    redis: float
    log_bytes: float
    seconds: float

    @property
    def carried(self) -> float:
        """Return what carrying it took of everybody."""
        return self.ours + self.database + self.redis


_COMPARED: tuple[tuple[str, str, float, Callable[[Cost], float]], ...] = (
    ("announced and carried", "us", 0.8, lambda cost: cost.announced + cost.carried),
    # Where nobody subscribes, carrying is hardly more than forgetting: all of it is Redis.
    ("carried", "us", 0.1, lambda cost: cost.carried),
    ("log", "bytes", 0.5, lambda cost: cost.log_bytes),
)
"""What is compared, in which unit, and the least that the ratio may be."""


@dataclass(slots=True)
class Stand:
    """A database, a Redis, and what carries events between them."""

    database: Database
    postmaster: int
    redis: RedisServer
    publisher: Publisher
    tenants: list[Context]

    def spent(self) -> tuple[float, float, float]:
        """Return the processor seconds of this process, of PostgreSQL and of Redis."""
        return time.process_time(), cpu_seconds(self.postmaster), cpu_seconds(self.redis.pids[0])

    async def log_position(self) -> int:
        """Return how many bytes PostgreSQL has logged."""
        found: int = await self.database.system.fetchval(
            "select (pg_current_wal_insert_lsn() - '0/0')::bigint"
        )
        return found

    async def round(self, count: int, *, with_redis: bool) -> Cost:
        """Announce and carry that many events."""
        begun = time.monotonic()
        before, at = self.spent(), await self.log_position()
        for number in range(count):
            context = self.tenants[number % TENANTS]
            async with self.database.transaction(context) as session:
                event = Measured(aggregate_id=context.tenant_id, number=number)
                await publish(session, context, event, now=utc_now())
        between = self.spent()
        noted: Callable[[], None] | None = (lambda: None) if with_redis else None
        relay = Relay(self.database.system, Registry([]), noted=noted)
        carried = 0
        while moved := await relay.drain(self.database.system):
            carried += moved
        if with_redis:
            await self.publisher.round()
        after, end = self.spent(), await self.log_position()
        assert carried == count, f"{carried} of {count} events were carried"
        ours, database, redis = ((b - a) * 1e6 / count for a, b in zip(between, after, strict=True))
        announced = sum(b - a for a, b in zip(before, between, strict=True)) * 1e6 / count
        took = (time.monotonic() - begun) / count
        return Cost(announced, ours, database, redis, (end - at) / count, took)


@asynccontextmanager
async def standing(folder: Path) -> AsyncIterator[Stand]:
    """Start all of it, and end it."""
    server = EmbeddedPostgres(folder)
    server.prepare()
    server.start()
    redis = RedisServer(folder / "redis")
    door = RedisDoor(redis.url)
    try:
        await server.ensure_roles()
        settings = Settings(
            data_dir=folder,
            database_url=SecretStr(server.dsn("metatron_app")),
            database_system_url=SecretStr(server.dsn("metatron_system")),
            database_owner_url=SecretStr(server.dsn("metatron_owner")),
            secret_keys=SecretStr(new_key()),
        )
        prepare(all_modules())
        await migrate(settings)
        await redis.start()
        database = await Database.open(settings)
        try:
            publisher = Publisher(database.system, door, length=LENGTH)
            tenants = [system_context(new_id()) for _ in range(TENANTS)]
            pid = recorded_pid(server.cluster)
            assert pid is not None, "the server has just been started"
            yield Stand(database, pid, redis, publisher, tenants)
        finally:
            await database.close()
    finally:
        await door.close()
        redis.kill()
        server.stop()


async def measure(rounds: int, count: int) -> list[Result]:
    """Take turns; the first of each is not counted."""
    found: dict[bool, list[Cost]] = {False: [], True: []}
    with tempfile.TemporaryDirectory(prefix="metatron-bench-") as name:
        async with standing(Path(name)) as stand:
            for number in range(rounds + 1):
                for with_redis in (False, True):
                    cost = await stand.round(count, with_redis=with_redis)
                    if number:
                        found[with_redis].append(cost)
            with stand.redis.client() as asked:
                (key,) = asked.keys("metatron:events:*")
                there = asked.xlen(key)
                size = asked.memory_usage(key, samples=0) / there
    assert there == count * (rounds + 1), f"Redis has {there} events"
    for with_redis, costs in found.items():
        print("with Redis   " if with_redis else "without Redis", _told(costs))
    print(f"a stream takes {size:.0f} bytes of Redis' memory an event")
    return [
        result(
            f"{what}, with against without", unit, [of(cost) for cost in found[True]],
            [of(cost) for cost in found[False]], goal, less_is_better=True,
        )
        for what, unit, goal, of in _COMPARED
    ]  # fmt: skip


def _told(costs: list[Cost]) -> str:
    announced, ours, database, redis, log, seconds = (
        statistics.median(values) for values in zip(*map(astuple, costs), strict=True)
    )
    return (
        f"an event: announced {announced:.0f} us; carried {ours:.0f} us of ours, {database:.0f} of"
        f" PostgreSQL, {redis:.0f} of Redis; {log:.0f} bytes of log; {seconds * 1e6:.0f} us in all"
    )


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="bin/bench events")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--events", type=int, default=4_000, help="of a round")
    given = parser.parse_args()
    if PROGRAM is None:
        sys.exit("cause: redis-server is not installed; remedy: apt-get install redis-server")
    show("events", asyncio.run(measure(given.rounds, given.events)))


if __name__ == "__main__":
    main()
