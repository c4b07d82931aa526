"""Sets the clock of this process by the database's, at the start and ever after."""

import asyncio
import time

import asyncpg
import structlog

from metatron.kernel.clock import set_clock
from metatron.kernel.database.lost import outlived

log = structlog.get_logger(__name__)
EVERY_SECONDS = 30.0
LONGEST_SECONDS = 0.5
"""An answer that took longer tells the time too roughly, unless nothing better is known."""
WRONG_SECONDS = 2.0
_NOW = "select extract(epoch from clock_timestamp())::float8"

type Pool = asyncpg.Pool[asyncpg.Record]


async def read_time(pool: Pool, *, longest_seconds: float = float("inf")) -> float | None:
    """Set the clock by one answer of the database, taken for the middle of the way.

    Returns:
        By how many seconds the machine's clock is ahead, None if the answer took too long.
    """
    async with pool.acquire() as connection:
        asked = time.monotonic()
        said: float = await connection.fetchval(_NOW)
        heard = time.monotonic()
    if heard - asked > longest_seconds:
        return None
    return set_clock(said, at=(asked + heard) / 2)


async def follow_time(pool: Pool, *, every_seconds: float = EVERY_SECONDS) -> None:
    """Read the time again and again, until cancelled; tell when the machine's is another."""
    was_wrong = False
    while True:
        with outlived("clock_waits"):
            ahead = await read_time(pool, longest_seconds=LONGEST_SECONDS)
            if ahead is not None:
                is_wrong = abs(ahead) > WRONG_SECONDS
                if is_wrong and not was_wrong:
                    log.warning("machine_clock_is_wrong", ahead_seconds=round(ahead, 1))
                was_wrong = is_wrong
        await asyncio.sleep(every_seconds)
