"""How many entries of a stream a group of ours has handled: PostgreSQL's word, not Redis'."""

from collections.abc import Iterable
from typing import Any

import asyncpg
import orjson
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver

from metatron.kernel.events import bundles, queue
from metatron.kernel.events.bundles import Message
from metatron.kernel.events.jobs import Subscription
from metatron.kernel.events.registry import Registry

_BEGIN = """
with known as (insert into kernel.stream (module) select unnest($1::text[]) on conflict do nothing)
insert into kernel.stream_group (module, name, number)
select m, $2, coalesce((select s.last_number from kernel.stream s where s.module = m), 0)
from unnest($1::text[]) m on conflict do nothing
"""
_HANDLED = "select number from kernel.stream_group where module = $1 and name = $2"
_GROUPS = "select module, name, number from kernel.stream_group"
_BEHIND = """
select number, tenant_id, id, name, aggregate_id, occurred_at, payload
from kernel.stream_entry where module = $1 and number > $2 and not replayed
order by number limit 500
"""
_END = "delete from kernel.stream_group where module = $1 and name = $2"

Pool = Any


async def begin(pool: Pool, group: str, modules: list[str]) -> None:
    """Let a group follow streams from now on; one that does already stays where it is."""
    await pool.execute(_BEGIN, modules, group)


async def handled(pool: Pool, module: str, group: str) -> int:
    """Return the number of the newest entry that the group has handled."""
    return int(await pool.fetchval(_HANDLED, module, group) or 0)


async def settle(pool: Pool, registry: Registry) -> int:
    """Hand to the queue what groups were to handle that follow no stream any more.

    Returns how many such groups there were.
    """
    ended = 0
    for group in await pool.fetch(_GROUPS):
        reactions = registry.of_streams(group["name"])
        if group["name"] in registry.over_streams and group["module"] in streams_of(reactions):
            continue
        ended += 1
        number = group["number"]
        while rows := await pool.fetch(_BEHIND, group["module"], number):
            messages = [
                message_of(row, each) for row in rows for each in reactions.get(row["name"], ())
            ]
            await to_queue(pool, registry, messages)
            number = rows[-1]["number"]
        await pool.execute(_END, group["module"], group["name"])
    return ended


def streams_of(reactions: Iterable[str]) -> list[str]:
    """Return the modules whose streams have the events of these names."""
    return sorted({event.partition(".")[0] for event in reactions})


def message_of(row: asyncpg.Record, reaction: Subscription) -> Message:
    """Return what the queue would bring for an entry and a reaction to it."""
    return {
        "tenant_id": str(row["tenant_id"]),
        "id": str(row["id"]),
        "kind": "event",
        "handler": reaction.subscriber,
        "event": {
            "name": row["name"],
            "aggregate_id": str(row["aggregate_id"]),
            "occurred_at": row["occurred_at"].isoformat(),
            "payload": orjson.loads(row["payload"]),
        },
    }


async def to_queue(pool: Pool, registry: Registry, messages: list[Message], **when: Any) -> None:
    """Let the queue bring messages, which tries again and keeps what fails for good."""
    queries = queue.queries(AsyncpgPoolDriver(pool))
    await bundles.put(queries, [bundles.alone(each, registry) for each in messages], **when)
