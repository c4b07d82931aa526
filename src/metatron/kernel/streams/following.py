"""Follows a stream with nothing but Redis, as a consumer outside would."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import orjson
import structlog

from metatron.kernel.redis_door import RedisAway, RedisDoor
from metatron.kernel.streams.carrying import key_of, number_of

log = structlog.get_logger(__name__)
AT_ONCE = 100
WAIT_SECONDS = 1.0


class Follower:
    """One consumer of a group. Entries come in sequence, each once while this object lives.

    Args:
        door: leads to Redis.
        module: whose stream.
        group: shares the stream's entries among its consumers.
        consumer: tells this one from the group's others; what it died over comes to it again.
        after: the number to begin after where the group is new, None for what comes from now on.
    """

    def __init__(
        self, door: RedisDoor, module: str, group: str, *, consumer: str, after: int | None
    ) -> None:
        """Prepare."""
        self._door, self._key, self._group = door, key_of(module), group
        self._consumer, self._after = consumer, after
        self._met = 0
        self._last = 0

    async def entries(self) -> AsyncIterator[dict[str, Any]]:
        """Yield entries for ever; each is acknowledged when the next one is asked for."""
        while True:
            try:
                found = await self._read()
            except RedisAway:
                await asyncio.sleep(WAIT_SECONDS)
                continue
            for entry_id, told in found:
                number = number_of(entry_id)
                # After a loss what was handled is on the stream once more, with the same number.
                if number > self._last and told is not None:
                    if self._last and number > self._last + 1:
                        log.info("stream_numbers_left_out", after=self._last, before=number)
                    yield _said(number, told)
                self._last = max(self._last, number)
                await self.acknowledge(number)

    async def acknowledge(self, number: int) -> None:
        """Say that an entry is handled; Redis brings it once more if it does not hear that."""
        with contextlib.suppress(RedisAway):
            await self._door.send(lambda redis: redis.xack(self._key, self._group, f"{number}-0"))

    async def _read(self) -> list[tuple[bytes, Any]]:
        first = ">"
        if self._met != self._door.meetings:
            # What was delivered and not acknowledged comes first.
            first, meetings = "0", self._door.meetings
            await self._door.send(self._make_group)
            self._met = meetings

        async def read(redis: Any) -> Any:
            try:
                return await redis.xreadgroup(
                    self._group, self._consumer, {self._key: first},
                    count=AT_ONCE, block=int(WAIT_SECONDS * 1_000),
                )  # fmt: skip
            except self._door.refusals:
                # Flushed: the group is made again where this consumer stands.
                self._met = 0
                return None

        told = await self._door.send(read, seconds=2 * WAIT_SECONDS)
        if self._met == 0:
            await asyncio.sleep(WAIT_SECONDS / 10)
        return [entry for _, entries in told or () for entry in entries]

    async def _make_group(self, redis: Any) -> None:
        start = "$" if self._after is None else f"{self._after}-0"
        if self._last:
            start = f"{self._last}-0"
        with contextlib.suppress(self._door.refusals):
            await redis.xgroup_create(self._key, self._group, id=start, mkstream=True)


def _said(number: int, told: dict[bytes, bytes]) -> dict[str, Any]:
    said: dict[str, Any] = {"number": number}
    said |= {name.decode(): value.decode() for name, value in told.items()}
    said["payload"] = orjson.loads(said["payload"])
    said["replayed"] = said["replayed"] == "True"
    return said
