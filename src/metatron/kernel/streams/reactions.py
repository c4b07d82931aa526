"""A module's reactions follow streams: in sequence for each tenant, each effect single.

Redis tells that there is something; what it is and how far the module has come, PostgreSQL says.
So nothing that reaches Redis can make a handler run, and while Redis is away the module goes on,
a second later. A reaction that fails goes to the queue, which tries again, and stops nobody.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from itertools import groupby
from typing import Any

import asyncpg
import structlog

from metatron.kernel.database.lost import DATABASE_ERRORS, outlived
from metatron.kernel.events.bundles import Message
from metatron.kernel.events.jobs import Subscription
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.runner import retry_delay
from metatron.kernel.redis_door import RedisAway, RedisDoor
from metatron.kernel.streams import groups
from metatron.kernel.streams.carrying import key_of, number_of

log = structlog.get_logger(__name__)
CONSUMER = "worker"
WAIT_SECONDS = 1.0
AT_ONCE = 100
AT_WORK = 8
"""Tenants whose entries are handled at the same moment."""
TIDY_SECONDS = 60.0
_TAKE = """
select number from kernel.stream_group where module = $1 and name = $2 for update skip locked
"""
_ENTRIES = """
select number, tenant_id, id, name, aggregate_id, occurred_at, payload, replayed
from kernel.stream_entry where module = $1 and number > $2 order by number limit $3
"""
_DONE = "update kernel.stream_group set number = $3 where module = $1 and name = $2"
_AWAY: tuple[type[Exception], ...] = (RedisAway, *DATABASE_ERRORS)
Deliver = Callable[[Subscription, Message], Awaitable[None]]


class Reactions:
    """The reactions of one module, a consumer group of the module's name on each of its streams.

    Args:
        pool: system pool of the home database.
        door: leads to Redis.
        registry: has the module's subscriptions.
        deliver: runs one, its effect and the mark that it ran in one transaction.
        module: whose.
    """

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        door: RedisDoor,
        registry: Registry,
        deliver: Deliver,
        module: str,
    ) -> None:
        """Prepare; nothing is followed yet."""
        self._pool, self._door, self._registry = pool, door, registry
        self._deliver, self._group = deliver, module
        self._reactions = registry.of_streams(module)
        self.streams = groups.streams_of(self._reactions)
        self._seats, self._hands = asyncio.Semaphore(2), asyncio.Semaphore(AT_WORK)
        self._tidy_at: dict[str, float] = {}

    async def begin(self) -> None:
        """Note from where on; to be awaited before a relay leaves anything to the streams."""
        await groups.begin(self._pool, self._group, self.streams)

    async def run(self) -> None:
        """Follow all of the streams until cancelled."""
        async with asyncio.TaskGroup() as following:
            for stream in self.streams:
                following.create_task(self._follow(stream))

    async def _follow(self, stream: str) -> None:
        while True:
            heard = await self._hear(stream)
            with outlived("reactions_wait"):
                while await self.step(stream) == AT_ONCE:
                    pass
                with contextlib.suppress(RedisAway):
                    await self._acknowledge(stream, heard)

    async def step(self, stream: str) -> int:
        """React to the next entries, as far as they are numbered; returns how many they were."""
        async with self._seats, self._pool.acquire() as held, held.transaction():
            # Another worker that is at it lets this one wait for the next time.
            number = await held.fetchval(_TAKE, stream, self._group)
            if number is None:
                return 0
            rows = await held.fetch(_ENTRIES, stream, number, AT_ONCE)
            if not rows:
                return 0
            if rows[0]["number"] > number + 1:
                log.error("stream_entries_missed", group=self._group, stream=stream, after=number)
            by_tenant = sorted(rows, key=lambda row: (row["tenant_id"], row["number"]))
            # All have ended before anything is made of how: the lock is theirs until then.
            outcomes = await asyncio.gather(
                *(self._react(list(of)) for _, of in groupby(by_tenant, lambda r: r["tenant_id"])),
                return_exceptions=True,
            )
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome
            await held.execute(_DONE, stream, self._group, rows[-1]["number"])
        return len(rows)

    async def _react(self, rows: list[asyncpg.Record]) -> None:
        async with self._hands:
            # Whatever is replayed came to this group at its time.
            for row in [each for each in rows if not each["replayed"]]:
                for reaction in self._reactions.get(row["name"], ()):
                    await self._one(reaction, groups.message_of(row, reaction), row["tenant_id"])

    async def _one(self, reaction: Subscription, message: Message, tenant_id: Any) -> None:
        if await self._registry.is_paused(reaction.subscriber, tenant_id):
            await groups.to_queue(self._pool, self._registry, [message])
            return
        try:
            await self._deliver(reaction, message)
        except Exception as error:  # noqa: BLE001 - whatever it was, the queue tries again
            log.warning("reaction_goes_to_the_queue", handler=reaction.subscriber, error=str(error))
            again = message | {"tried": 1}
            await groups.to_queue(self._pool, self._registry, [again], delay=retry_delay(0))

    async def _hear(self, stream: str) -> list[bytes]:
        """Wait until something comes over the stream, or a second has passed."""
        key = key_of(stream)

        async def listen(redis: Any) -> Any:
            wait = int(WAIT_SECONDS * 1_000)
            with contextlib.suppress(self._door.refusals):
                return await redis.xreadgroup(
                    self._group, CONSUMER, {key: ">"}, count=AT_ONCE, block=wait
                )

        try:
            if time.monotonic() >= self._tidy_at.get(stream, 0.0):
                await self._tidy(stream)
            told = await self._door.send(listen, seconds=2 * WAIT_SECONDS)
        except _AWAY:
            told = None
        if told is None:
            # Nobody there, or it knows nothing of the group: it was flushed.
            self._tidy_at.pop(stream, None)
            await asyncio.sleep(WAIT_SECONDS)
        return [entry_id for _, entries in told or () for entry_id, _ in entries]

    async def _tidy(self, stream: str) -> None:
        """See to it that Redis has the group, and acknowledge what somebody died over."""
        number = await groups.handled(self._pool, stream, self._group)
        key = key_of(stream)

        async def look(redis: Any) -> Any:
            with contextlib.suppress(self._door.refusals):
                await redis.xgroup_create(key, self._group, id=f"{number}-0", mkstream=True)
            return await redis.xpending_range(key, self._group, "-", "+", 10 * AT_ONCE)

        pending = [each["message_id"] for each in await self._door.send(look)]
        await self._acknowledge(stream, pending)
        is_left = any(number_of(entry_id) > number for entry_id in pending)
        pause = WAIT_SECONDS if is_left else TIDY_SECONDS
        self._tidy_at[stream] = time.monotonic() + pause

    async def _acknowledge(self, stream: str, heard: list[bytes]) -> None:
        number = await groups.handled(self._pool, stream, self._group)
        done = [entry_id for entry_id in heard if number_of(entry_id) <= number]
        if done:
            await self._door.send(lambda redis: redis.xack(key_of(stream), self._group, *done))
