"""Deletes what has done its duty: marks of deliveries, stored answers, the queue's log."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import asyncpg

from metatron.kernel.database.lost import outlived
from metatron.kernel.errors import Busy

DELIVERY_DAYS = 30
"""A job is retried for hours at most; a mark older than this guards against nothing."""
ANSWER_HOURS = 24
BATCH = 5_000
_EVERYWHERE = (
    f"""delete from kernel.delivery where ctid = any (array(
        select ctid from kernel.delivery
        where delivered_at < now() - interval '{DELIVERY_DAYS} days' limit {BATCH}))""",
    f"""delete from kernel.idempotency_record where ctid = any (array(
        select ctid from kernel.idempotency_record
        where created_at < now() - interval '{ANSWER_HOURS} hours' limit {BATCH}))""",
)
_AT_HOME = (
    f"""delete from jobs.pgqueuer_log where id = any (array(
        select id from jobs.pgqueuer_log
        where created < now() - interval '{DELIVERY_DAYS} days' limit {BATCH}))""",
)
Sources = Callable[[], Awaitable["list[asyncpg.Pool[asyncpg.Record]]"]]


class Pruner:
    """Prunes every database hourly, in batches; `sources` lists system pools, home first."""

    def __init__(self, sources: Sources) -> None:
        """Prepare."""
        self._sources = sources

    async def run(self, *, pause_seconds: float = 3_600.0) -> None:
        """Prune until cancelled; a lost database is waited for."""
        while True:
            with outlived("pruner_waits"):
                await self.prune()
            await asyncio.sleep(pause_seconds)

    async def prune(self) -> int:
        """Delete all that is over; returns how many rows."""
        gone = 0
        home, *others = await self._sources()
        for statement in _EVERYWHERE + _AT_HOME:
            gone += await _repeat(home, statement)
        for source in others:
            # One that is away or busy is pruned an hour later.
            with outlived("pruner_passes_over"), contextlib.suppress(Busy):
                for statement in _EVERYWHERE:
                    gone += await _repeat(source, statement)
        return gone


async def _repeat(source: "asyncpg.Pool[asyncpg.Record]", statement: str) -> int:
    gone = 0
    while True:
        answer = await source.execute(statement)
        count = int(answer.rpartition(" ")[2])
        gone += count
        if count < BATCH:
            return gone
