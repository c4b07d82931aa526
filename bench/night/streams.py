"""What went over Redis: every event of the log once, in its number's place, and heard so."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import asyncpg
from redis.exceptions import RedisError

from bench.night.stand import Stand
from metatron.kernel.redis_door import RedisDoor
from metatron.kernel.streams.carrying import key_of
from metatron.kernel.streams.following import Follower

FOLLOWED = ("campaigns", "payments")
COME_SECONDS = 60.0
_STREAMS = "select module, last_number from kernel.stream order by module"
_LOG = "select split_part(name, '.', 1) module, id::text id from kernel.event"
_GROUPS = """
select g.module, g.name, s.last_number - g.number behind
from kernel.stream_group g join kernel.stream s on s.module = g.module
where g.number < s.last_number
"""


@dataclass(slots=True)
class Outsider:
    """A consumer outside the suite: it follows some streams with Redis alone."""

    url: str
    heard: dict[str, list[int]] = field(default_factory=dict)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Follow until the end of the block; nothing without an address."""
        followed = FOLLOWED if self.url else ()
        tasks = [asyncio.create_task(self._follow(module)) for module in followed]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for ended in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(ended, Exception):
                    raise ended

    async def _follow(self, module: str) -> None:
        door = RedisDoor(self.url)
        follower = Follower(door, module, "night", consumer="one", after=0)
        numbers = self.heard.setdefault(module, [])
        try:
            async for entry in follower.entries():
                numbers.append(entry["number"])
        finally:
            await door.close()


@dataclass(slots=True)
class Compared:
    """How much was compared, and what does not fit."""

    events: int = 0
    heard: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


async def compare(stand: Stand, outsider: Outsider) -> Compared:
    """Compare the log with the streams and with what was heard, once all has had time to come."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + COME_SECONDS
    while True:
        found = await _look(stand, outsider)
        if not (found.lost or found.broken) or loop.time() > ends:
            return found
        await asyncio.sleep(1.0)


async def _look(stand: Stand, outsider: Outsider) -> Compared:
    found = Compared()
    system = await asyncpg.connect(stand.server.dsn("metatron_system"), timeout=10)
    try:
        log = [(row["module"], row["id"]) for row in await system.fetch(_LOG)]
        last = {row["module"]: row["last_number"] for row in await system.fetch(_STREAMS)}
        behind = await system.fetch(_GROUPS)
    finally:
        await system.close()
    found.events = len(log)
    found.lost += [f"{r['name']} lacks {r['behind']} events of {r['module']}" for r in behind]
    carried = await asyncio.to_thread(_carried, stand, sorted(last))
    for module, entries in carried.items():
        wanted = [f"{number}-0" for number in range(1, len(entries) + 1)]
        if [number for number, _ in entries] != wanted:
            found.broken.append(f"the numbers of {module} are not those from 1 to {len(entries)}")
        if len(entries) < last[module]:
            found.lost.append(f"{last[module] - len(entries)} events of {module} are not in Redis")
        counted = Counter(event_id for _, event_id in entries)
        found.doubled += [f"event {each}: {n} times" for each, n in counted.items() if n > 1]
        known = {event_id for of, event_id in log if of == module}
        found.lost += [f"event {each} of {module} has no number" for each in known - set(counted)]
    for module, numbers in outsider.heard.items():
        found.heard += len(numbers)
        if sorted(set(numbers)) != list(range(1, last.get(module, 0) + 1)):
            found.lost.append(
                f"the outsider heard {len(set(numbers))} of {last.get(module)} of {module}"
            )
        if numbers != sorted(set(numbers)):
            found.doubled.append(f"{module} came to the outsider twice or out of sequence")
    return found


def _carried(stand: Stand, modules: list[str]) -> dict[str, list[tuple[str, str]]]:
    assert stand.redis is not None, "nothing is compared without Redis"
    try:
        with stand.redis.client() as asked:
            return {
                module: [(number, told["id"]) for number, told in asked.xrange(key_of(module))]
                for module in modules
            }
    except RedisError:
        return {}
