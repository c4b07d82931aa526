"""Moves due outbox rows into the job queue, exactly once per event and subscriber in effect."""

import asyncio
import contextlib
from typing import Any

import asyncpg
import orjson
import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver

from metatron.kernel.database.lost import DATABASE_ERRORS
from metatron.kernel.database.wake import CHANNEL
from metatron.kernel.events import queue
from metatron.kernel.events.registry import Registry

log = structlog.get_logger(__name__)

PER_TENANT = 20
"""Rows one tenant may move in one round: a flood of one tenant does not starve the others."""
QUEUE_BOUND = 2_000
"""With more than this waiting in the queue the relay pauses; the rest waits in the outbox."""

_DUE = """
with recursive tenant as (
  (select tenant_id from kernel.outbox order by tenant_id limit 1)
  union all
  select (select o.tenant_id from kernel.outbox o
          where o.tenant_id > tenant.tenant_id order by o.tenant_id limit 1)
  from tenant where tenant.tenant_id is not null
), due as (
  select tenant.tenant_id, o.id
  from tenant left join kernel.tenant_clock c on c.tenant_id = tenant.tenant_id
  cross join lateral (
    select id from kernel.outbox o
    where o.tenant_id = tenant.tenant_id
      and o.run_at <= now() + make_interval(secs => coalesce(c.offset_seconds, 0))
    order by o.run_at, o.id limit $1) o
  where tenant.tenant_id is not null
)
select o.tenant_id, o.id, o.kind, o.name, o.arguments, e.aggregate_id, e.occurred_at, e.payload
from kernel.outbox o join due on due.tenant_id = o.tenant_id and due.id = o.id
left join kernel.event e on e.tenant_id = o.tenant_id and e.id = o.id and o.kind = 'event'
order by o.run_at, o.id
for update of o skip locked
"""
_DELETE = """
delete from kernel.outbox o using unnest($1::uuid[], $2::uuid[]) d(tenant_id, id)
where o.tenant_id = d.tenant_id and o.id = d.id
"""


class Relay:
    """One relay; several may run at once.

    Args:
        home: system pool of the home database, where the queue lives.
        sources: system pools of all databases with an outbox, the home one included.
        registry: which subscribers an event has.
    """

    def __init__(
        self,
        home: "asyncpg.Pool[asyncpg.Record]",
        registry: Registry,
        sources: "list[asyncpg.Pool[asyncpg.Record]] | None" = None,
    ) -> None:
        """Prepare; nothing is opened yet."""
        self._queue = queue.queries(AsyncpgPoolDriver(home))
        self._home = home
        self.sources = sources if sources is not None else [home]
        self._registry = registry
        self._woken = asyncio.Event()

    async def run(self, *, sweep_seconds: float = 1.0) -> None:
        """Relay until cancelled: at once when woken, else every `sweep_seconds`."""
        while True:
            try:
                async with self._home.acquire() as listener:
                    await listener.add_listener(CHANNEL, self._wake)
                    try:
                        await self._loop(sweep_seconds, listener)
                    finally:
                        with contextlib.suppress(*DATABASE_ERRORS):
                            await listener.remove_listener(CHANNEL, self._wake)
            except DATABASE_ERRORS as error:
                log.warning("relay_reconnects", error=type(error).__name__)
                await asyncio.sleep(0.5)

    def _wake(self, *_notification: object) -> None:
        self._woken.set()

    async def _loop(self, sweep_seconds: float, listener: Any) -> None:
        while not listener.is_closed():
            self._woken.clear()
            moved = 0
            for source in self.sources:
                moved += await self.drain(source)
            if moved:
                continue
            try:
                await asyncio.wait_for(self._woken.wait(), sweep_seconds)
            except TimeoutError:
                continue

    async def drain(self, source: "asyncpg.Pool[asyncpg.Record]") -> int:
        """Move one round of due rows from one database; returns how many."""
        waiting = await self._home.fetchval(
            "select count(*) from (select from jobs.pgqueuer where status = 'queued' limit $1) q",
            QUEUE_BOUND,
        )
        if waiting >= QUEUE_BOUND:
            return 0
        async with source.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_DUE, PER_TENANT)
            if not rows:
                return 0
            await self._enqueue([message for row in rows for message in self._messages(row)])
            keys = [row["tenant_id"] for row in rows], [row["id"] for row in rows]
            await connection.execute(_DELETE, *keys)
        return len(rows)

    def _messages(self, row: asyncpg.Record) -> list[dict[str, Any]]:
        """One message a handler. Nobody subscribing is no error: the event row stays."""
        message = {"tenant_id": row["tenant_id"], "id": row["id"], "kind": row["kind"]}
        if row["kind"] == "job":
            arguments = orjson.loads(row["arguments"] or "{}")
            return [message | {"handler": row["name"], "arguments": arguments}]
        event = {
            "name": row["name"],
            "aggregate_id": row["aggregate_id"],
            "occurred_at": row["occurred_at"],
            "payload": orjson.loads(row["payload"]),
        }
        return [
            message | {"handler": subscription.subscriber, "event": event}
            for subscription in self._registry.subscriptions.get(row["name"], [])
        ]

    async def _enqueue(self, messages: list[dict[str, Any]]) -> None:
        if not messages:
            return
        # The dedupe key holds while the job waits; kernel.delivery holds for good.
        await self._queue.enqueue(
            [message["handler"] for message in messages],
            [orjson.dumps(message, default=str) for message in messages],
            [0] * len(messages),
            dedupe_key=[f"{message['id']}:{message['handler']}" for message in messages],
            headers=[{"tenant_id": str(message["tenant_id"])} for message in messages],
            on_conflict="skip",
        )
