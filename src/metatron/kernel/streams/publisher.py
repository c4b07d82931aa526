"""Brings streams in Redis up to what PostgreSQL has numbered, however Redis has lost it."""

import asyncio
import contextlib
import time
from typing import Any

import asyncpg
import structlog

from metatron.kernel.database.lost import outlived
from metatron.kernel.redis_door import RedisAway, RedisDoor
from metatron.kernel.streams import carrying

log = structlog.get_logger(__name__)
SWEEP_SECONDS = 1.0
LOOK_SECONDS = 5.0
"""How often every stream is looked at, also those to which nothing came: was it flushed?"""
PRUNE_SECONDS = 60.0
AT_ONCE = 200
_STREAMS = "select module, last_number, published from kernel.stream order by module"
_ENTRIES = """
select number, id, tenant_id, name, aggregate_id, occurred_at, payload, replayed
from kernel.stream_entry where module = $1 and number between $2 and $3 order by number limit $4
"""
_SAME = "select id::text from kernel.stream_entry where module = $1 and number = $2"
_PUBLISHED = "update kernel.stream set published = $2 where module = $1 and published <> $2"
_PRUNE = """
delete from kernel.stream_entry where module = $1 and number <= least($2,
  (select min(number) from kernel.stream_group where module = $1))
"""


class Publisher:
    """Several may run at once: Redis takes each entry once and in sequence.

    Args:
        pool: system pool of the home database.
        door: leads to Redis.
        length: entries kept of a stream, in Redis and beside it.
    """

    def __init__(
        self, pool: "asyncpg.Pool[asyncpg.Record]", door: RedisDoor, *, length: int
    ) -> None:
        """Prepare; nothing is sent yet."""
        self._pool, self._door, self._length = pool, door, length
        self._woken = asyncio.Event()
        self._met = 0
        self._look_at = self._prune_at = 0.0

    def wake(self) -> None:
        """Say that there is something new."""
        self._woken.set()

    async def run(self) -> None:
        """Publish until cancelled; Redis and the database are waited for."""
        while True:
            with outlived("publisher_waits"), contextlib.suppress(RedisAway):
                await self.round()
            # Not at once again: what comes within a hundredth of a second goes together.
            await asyncio.sleep(0.01)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), SWEEP_SECONDS)
            self._woken.clear()

    async def round(self) -> None:
        """Publish what is not in Redis; look now and then whether something was lost there.

        Raises:
            RedisAway: nothing is lost, the next round does it.
        """
        now = time.monotonic()
        if now >= self._prune_at:
            await self._prune()
            self._prune_at = now + PRUNE_SECONDS
        is_new = self._met != self._door.meetings
        is_look = is_new or now >= self._look_at
        meetings = self._door.meetings
        for stream in await self._pool.fetch(_STREAMS):
            if is_look or stream["published"] < stream["last_number"]:
                await self._bring_up(stream["module"], stream["last_number"], is_new=is_new)
        if is_look:
            self._look_at = now + LOOK_SECONDS
        self._met = meetings

    async def _bring_up(self, module: str, last: int, *, is_new: bool) -> None:
        top = await carrying.top_of(self._door, module)
        # Another process may have published what was numbered since this round began.
        if is_new or top > last:
            last = await self._pool.fetchval(
                "select last_number from kernel.stream where module = $1", module
            )
            if await self._is_anothers(module, top, last):
                log.warning("stream_of_another_database", module=module, top=top, last=last)
                await carrying.forget(self._door, module)
                top = 0
        if top == 0 < last:
            log.info("stream_is_built", module=module, entries=min(last, self._length))
        following = max(top + 1, last - self._length + 1)
        while following <= last:
            rows = await self._pool.fetch(_ENTRIES, module, following, last, AT_ONCE)
            if not rows:
                break
            following = rows[-1]["number"] + 1
            top = await carrying.add(self._door, module, rows, seen=top, length=self._length)
            if top < rows[-1]["number"]:
                # It was flushed meanwhile: the next round begins anew.
                self._look_at = 0.0
                break
        await self._pool.execute(_PUBLISHED, module, min(top, last))

    async def _is_anothers(self, module: str, top: int, last: int) -> bool:
        """Tell whether Redis has what this database never had: it was set back, or exchanged."""
        if top == 0:
            return False
        newest: Any = await carrying.newest_of(self._door, module)
        if top > last or newest is None:
            return top > last
        known = await self._pool.fetchval(_SAME, module, newest[0])
        return known is not None and known != newest[1]

    async def _prune(self) -> None:
        for stream in await self._pool.fetch(_STREAMS):
            beyond = stream["last_number"] - self._length
            if beyond > 0:
                await self._pool.execute(_PRUNE, stream["module"], beyond)
