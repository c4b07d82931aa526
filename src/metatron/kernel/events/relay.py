"""Moves due outbox rows into the job queue, exactly once per event and subscriber in effect."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver

from metatron.kernel.database.listening import listening
from metatron.kernel.database.lost import outlived
from metatron.kernel.database.wake import CHANNEL, LATE_CHANNEL
from metatron.kernel.errors import Busy
from metatron.kernel.events import bundles, queue, taps
from metatron.kernel.events.courtesy import Courtesy
from metatron.kernel.events.pace import PER_ROUND, Pace
from metatron.kernel.events.queue_shares import full_shares
from metatron.kernel.events.registry import Registry
from metatron.kernel.streams import noting
from metatron.kernel.telemetry.calls import STREAM, Calls, observe_pair

Sources = Callable[[Collection[UUID] | None], Awaitable["list[asyncpg.Pool[asyncpg.Record]]"]]
Again = Callable[["asyncpg.Pool[asyncpg.Record]", float], None]

log = structlog.get_logger(__name__)

PER_TENANT = 20
"""A tenant's share at the least: a flood of one tenant does not starve the others."""
FAILED_SECONDS = 5.0
"""After which a dedicated database that was away or busy is tried again."""
SHARE_SECONDS = 0.1
"""After which a tenant whose share of the queue was full is looked at again."""
LATE_PACE_SECONDS = 0.5
"""The same while people wait for late answers."""

# The trace is read by name from JSON: a dedicated database may still be a revision behind. Event
# by event, by the limit: joined as sets, the planner may choose to go through the whole log.
_DUE = """
with recursive tenant as (
  (select tenant_id from kernel.outbox order by tenant_id limit 1)
  union all
  select (select o.tenant_id from kernel.outbox o
          where o.tenant_id > tenant.tenant_id order by o.tenant_id limit 1)
  from tenant where tenant.tenant_id is not null
), due as materialized (
  select o.*
  from tenant left join kernel.tenant_clock c on c.tenant_id = tenant.tenant_id
  left join kernel.tenant_hold h on h.tenant_id = tenant.tenant_id and h.reason = 'moving'
  cross join lateral (
    select o.tenant_id, o.id, o.kind, o.name, o.arguments, o.run_at,
      to_jsonb(o) ->> 'trace' as trace
    from kernel.outbox o
    where o.tenant_id = tenant.tenant_id
      and o.run_at <= now() + make_interval(secs => coalesce(c.offset_seconds, 0))
    order by o.run_at, o.id
    limit greatest($1::int, $2::int / (select greatest(count(tenant_id), 1) from tenant
                                       where tenant_id <> all ($4::uuid[])))
    for update skip locked) o
  where tenant.tenant_id <> all ($4::uuid[]) and h.tenant_id is null
)
select o.*, e.aggregate_id, e.occurred_at, e.payload
from due o left join lateral (
  select e.aggregate_id, e.occurred_at, e.payload from kernel.event e
  where e.tenant_id = o.tenant_id and e.id = o.id and o.kind = 'event' and o.name = any($3::text[])
  limit 1) e on true
order by o.run_at, o.id
"""
_NEXT = """
select extract(epoch from min(o.run_at - make_interval(secs => coalesce(c.offset_seconds, 0)))
  - now())::float8
from kernel.outbox o left join kernel.tenant_clock c on c.tenant_id = o.tenant_id
"""
_DELETE = """
delete from kernel.outbox o using unnest($1::uuid[], $2::uuid[]) d(tenant_id, id)
where o.tenant_id = d.tenant_id and o.id = d.id
"""


class Relay:
    """One relay; several may run at once.

    Args:
        home: system pool of the home database, where the queue lives.
        sources: lists the system pools of the databases with an outbox, the home one first: of
            all (None), or besides the home one only of those whose tenants were named.
        registry: which subscribers an event has.
        again: is told of a source, not the home one, in which something waits though nothing more
            may be written to it, and in how many seconds to look.
        courtesy: is told when people wait for late answers; rounds are fewer then.
        noted: called when events were numbered for their streams; None numbers none.
    """

    def __init__(
        self,
        home: "asyncpg.Pool[asyncpg.Record]",
        registry: Registry,
        sources: Sources | None = None,
        courtesy: Courtesy | None = None,
        *,
        noted: Callable[[], None] | None = None,
        again: Again = lambda _source, _seconds: None,
    ) -> None:
        """Prepare; nothing is opened yet."""
        self._courtesy = courtesy or Courtesy()
        self._queue = queue.queries(AsyncpgPoolDriver(home))
        self._home = home
        self.sources = sources or self._home_alone
        self._again = again
        self._registry = registry
        self._noted = noted
        self._woken = asyncio.Event()
        self._named: set[UUID] = set()
        self._passed_over = False
        self._pace = Pace()

    async def _home_alone(
        self, _tenants: Collection[UUID] | None
    ) -> "list[asyncpg.Pool[asyncpg.Record]]":
        return [self._home]

    def _wake(self, *notice: Any) -> None:
        self._named.update(UUID(name) for name in notice[-1].split(",") if name)
        self._woken.set()

    async def run(self, *, sweep_seconds: float = 1.0) -> None:
        """Relay until cancelled: at once when woken, else every `sweep_seconds`."""
        heard = {CHANNEL: self._wake, LATE_CHANNEL: self._courtesy.hear}
        while True:
            with outlived("relay_reconnects"):
                async with self._home.acquire() as listener, listening(listener, heard):
                    await self._loop(sweep_seconds, listener)
            await asyncio.sleep(0.5)

    async def _loop(self, sweep_seconds: float, listener: Any) -> None:
        sweep_at = 0.0
        while not listener.is_closed():
            self._woken.clear()
            named, self._named = frozenset(self._named), set()
            is_sweep = time.monotonic() >= sweep_at
            sources = await self.sources(None if is_sweep else named)
            if is_sweep:
                # Thousands of databases are swept less often; a commit names its own.
                sweep_at = time.monotonic() + max(sweep_seconds, len(sources) * 0.05)
            full = await self._full()
            at_home, *others = [await self._drain_if_up(source, full) for source in sources]
            if moved := at_home + sum(others):
                self._named |= named
                sweep_at = 0.0 if is_sweep and any(others) else sweep_at
                await asyncio.sleep(self._pause_after(moved))
                continue
            patience = sweep_seconds
            if self._passed_over:
                self._named |= named
                patience = min(SHARE_SECONDS, sweep_seconds)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), patience)

    def _pause_after(self, moved: int) -> float:
        if self._courtesy.people_wait:
            return LATE_PACE_SECONDS
        return self._pace.after(moved, now=time.monotonic())

    async def _full(self) -> list[UUID]:
        """Return whose share of the queue is full: they are passed over, their rows wait."""
        full = await full_shares(self._home)
        self._passed_over = bool(full)
        return full

    async def _drain_if_up(self, source: "asyncpg.Pool[asyncpg.Record]", full: list[UUID]) -> int:
        """One dedicated database that is away or busy does not stop the others."""
        if source is self._home:
            return await self.drain(source, full)
        try:
            with outlived("outbox_unreachable"):
                moved = await self.drain(source, full)
                await self._look_ahead(source, moved)
                return moved
        except Busy:
            log.warning("outbox_busy")
        self._again(source, FAILED_SECONDS)
        return 0

    async def _look_ahead(self, source: "asyncpg.Pool[asyncpg.Record]", moved: int) -> None:
        """Note when something in a dedicated database's outbox is due next."""
        wait = 0.0 if moved else await source.fetchval(_NEXT)
        if wait is not None:
            self._again(source, max(0.0, wait))

    async def drain(
        self, source: "asyncpg.Pool[asyncpg.Record]", full: list[UUID] | None = None
    ) -> int:
        """Move one round of due rows from one database; returns how many.

        Tenants of `full` are passed over: their share of the queue is. None asks which they are.
        """
        if full is None:
            full = await self._full()
        async with source.acquire() as connection, connection.transaction():
            if self._noted is not None:
                await noting.alone(connection)
            heard = list(self._registry.subscriptions)
            rows = await connection.fetch(_DUE, PER_TENANT, PER_ROUND, heard, full)
            if not rows:
                return 0
            messages = [message for row in rows for message in self._messages(row)]
            at_home = source is self._home
            messages += await taps.messages(connection, rows, self._registry, at_home=at_home)
            await bundles.put(self._queue, bundles.entries(messages, self._registry))
            if self._noted is not None:
                await self._note(source, connection, rows)
            keys = [row["tenant_id"] for row in rows], [row["id"] for row in rows]
            await connection.execute(_DELETE, *keys)
        _count(rows)
        if self._noted is not None:
            self._noted()
        return len(rows)

    async def _note(
        self, source: "asyncpg.Pool[asyncpg.Record]", connection: Any, rows: list[asyncpg.Record]
    ) -> None:
        """Number the events for their streams, which are kept at home."""
        events = await noting.in_sequence(connection, rows)
        if source is self._home:
            await noting.note(connection, events)
            return
        async with self._home.acquire() as home, home.transaction():
            await noting.note(home, events)

    def _messages(self, row: asyncpg.Record) -> list[dict[str, Any]]:
        """One message a handler. Nobody subscribing is no error: the event row stays."""
        message = {"tenant_id": row["tenant_id"], "id": row["id"], "kind": row["kind"]}
        if row["trace"] is not None:
            message["trace"] = row["trace"]
        if row["kind"] == "job":
            arguments = orjson.loads(row["arguments"] or "{}")
            return [message | {"handler": row["name"], "arguments": arguments}]
        subscriptions = self._registry.queued(row["name"])
        if not subscriptions:
            return []
        payload = orjson.loads(row["payload"])
        event = {
            "name": row["name"],
            "aggregate_id": row["aggregate_id"],
            "occurred_at": row["occurred_at"],
            "payload": payload,
        }
        return [
            message | {"handler": subscription.subscriber, "event": event}
            for subscription in subscriptions
            if subscription.when(payload)
        ]


def _count(rows: list[asyncpg.Record]) -> None:
    """Count for the graph of calls who announced or asked for something, by the name's module."""
    for row in rows:
        observe_pair(row["name"].partition(".")[0], STREAM, Calls(1))
