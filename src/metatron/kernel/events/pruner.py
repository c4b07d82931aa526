"""Deletes what has done its duty: marks of deliveries, stored answers, the queue's log.

And what modules keep for some days only, by the column that their manifests name.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable

import asyncpg

from metatron.kernel.database.lost import outlived
from metatron.kernel.errors import Busy
from metatron.kernel.module import Module, Retention

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


def kept_of(modules: Iterable[Module]) -> list[Retention]:
    """Return what the worker deletes for the modules."""
    return [each for module in modules for each in module.retention if each.since is not None]


class Pruner:
    """Prunes every database hourly, in batches; `sources` lists system pools, home first."""

    def __init__(self, sources: Sources, kept: Iterable[Retention] = ()) -> None:
        """Prepare; `kept` names tables, the column their rows' term begins with and its days."""
        self._sources = sources
        self._everywhere = (*_EVERYWHERE, *map(_term, kept))

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
        for statement in self._everywhere + _AT_HOME:
            gone += await _repeat(home, statement)
        for source in others:
            # One that is away or busy is pruned an hour later.
            with outlived("pruner_passes_over"), contextlib.suppress(Busy):
                for statement in self._everywhere:
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


def _term(kept: Retention) -> str:
    """Return the statement for a table that a manifest names: constants of the program."""
    return f"""delete from {kept.table} where (tenant_id, id) in (
  select tenant_id, id from {kept.table}
  where {kept.since} < now() - interval '{kept.days} days' limit {BATCH})"""
