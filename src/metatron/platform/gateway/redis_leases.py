"""Leases parts of limits from Redis, by the same reckoning as `gateway.lease` in the database."""

from collections.abc import Sequence
from typing import NamedTuple

from metatron.kernel.redis_door import RedisAway, RedisDoor

_LEASE = """
local held = redis.call('HMGET', KEYS[1], 'number', 'taken', 'before')
local asked, elapsed, pool = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local number = tonumber(held[1] or asked)
local taken, before = tonumber(held[2] or 0), tonumber(held[3] or 0)
if asked > number then
  before = asked == number + 1 and taken or 0
  taken, number = 0, asked
end
local room = math.floor(pool - taken - before * (1 - elapsed))
local granted = math.max(0, math.min(tonumber(ARGV[4]), room))
taken = taken + granted
redis.call('HSET', KEYS[1], 'number', number, 'taken', taken, 'before', before)
redis.call('EXPIRE', KEYS[1], ARGV[5])
return {granted, taken, before}
"""


class Asked(NamedTuple):
    """A wish for `wants` calls of a pool, in the window `number` of which `elapsed` has passed."""

    caller: bytes
    """A hash: no address is kept."""
    seconds: int
    number: int
    elapsed: float
    pool: int
    wants: int


class Given(NamedTuple):
    """What was given, and what has been in this window and in the one before."""

    granted: int
    now_taken: int
    before_taken: int


class RedisLeases:
    """Leases while Redis answers."""

    def __init__(self, door: RedisDoor) -> None:
        """Prepare."""
        self._door = door

    async def lease(self, asked: Sequence[Asked]) -> list[Given] | None:
        """Return what was given for each wish, None when Redis is away."""
        try:
            answers = await self._door.send(lambda redis: _send(redis, asked))
        except RedisAway:
            return None
        return [Given(*answer) for answer in answers]


async def _send(redis: "object", asked: Sequence[Asked]) -> list[list[int]]:
    # One message; each key for itself, so that they may lie on different servers.
    async with redis.pipeline(transaction=False) as pipe:  # type: ignore[attr-defined]
        for each in asked:
            key = f"metatron:allowance:{each.caller.hex()}:{each.seconds}"
            pipe.eval(
                _LEASE, 1, key, each.number, repr(each.elapsed), each.pool, each.wants,
                2 * each.seconds + 60,
            )  # fmt: skip
        answers: list[list[int]] = await pipe.execute()
    return answers
