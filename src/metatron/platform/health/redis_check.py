"""Does Redis answer, and has it all that was numbered for its streams? Nothing depends on it."""

import time
from typing import Any

from metatron.kernel.redis_door import RedisAway, RedisDoor
from metatron.platform.health.checks import Check, Outcome

_BEHIND = "select coalesce(sum(last_number - published), 0)::bigint from kernel.stream"


def redis_check(door: RedisDoor, pool: Any) -> Check:
    """Ask Redis for an answer; away it degrades, for events and limits go on without it."""

    async def ask() -> Outcome:
        started = time.perf_counter()
        try:
            await door.send(lambda redis: redis.ping())
        except RedisAway:
            return Outcome("degraded", {"stream_behind": await pool.fetchval(_BEHIND)})
        took = (time.perf_counter() - started) * 1000
        return Outcome("healthy", {"redis_ms": took, "stream_behind": await pool.fetchval(_BEHIND)})

    return Check("redis", ask)
