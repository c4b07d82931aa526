"""Requests of one tenant for one handler go through the queue in one entry.

An entry costs the queue some ten rows, written and deleted, however little there is to do for it.
Each request keeps its own effect, mark and failure: one that fails is queued anew by itself.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import batched
from typing import Any

import orjson
from pgqueuer.adapters.persistence.queries import Queries

from metatron.kernel.events.registry import Registry

type Message = dict[str, Any]
MOST = 25
"""Requests of one entry: it is done when the slowest of them is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the queue."""

    handler: str
    tenant_id: str
    payload: bytes
    dedupe_key: str
    priority: int


def entries(messages: Sequence[Message], registry: Registry) -> Iterator[Entry]:
    """Yield what is to be queued for messages, in their sequence as far as they go alone."""
    gathered: dict[tuple[str, str], list[Message]] = {}
    for message in messages:
        # A trace is one request's own.
        if "trace" in message or not registry.is_gathered(message["handler"]):
            yield alone(message, registry)
        else:
            key = str(message["tenant_id"]), message["handler"]
            gathered.setdefault(key, []).append(message)
    for (tenant_id, handler), of_one in gathered.items():
        for part in batched(of_one, MOST):
            yield _together(part, tenant_id, handler, registry)


def alone(message: Message, registry: Registry) -> Entry:
    """Return the entry of one message."""
    # The key holds while the job waits; kernel.delivery holds for good.
    return Entry(
        message["handler"],
        str(message["tenant_id"]),
        orjson.dumps(message, default=str),
        f"{message['id']}:{message['handler']}",
        registry.priority(message["handler"]),
    )


def _together(
    messages: Sequence[Message], tenant_id: str, handler: str, registry: Registry
) -> Entry:
    if len(messages) == 1:
        return alone(messages[0], registry)
    # Of all ids: an entry that has one of them more is another entry, and must not be skipped.
    ids = hashlib.sha256("".join(str(one["id"]) for one in messages).encode()).hexdigest()
    payload = {"tenant_id": tenant_id, "handler": handler, "each": messages}
    return Entry(
        handler,
        tenant_id,
        orjson.dumps(payload, default=str),
        f"{ids}:{handler}",
        registry.priority(handler),
    )


async def put(queue: Queries, given: Iterable[Entry], *, delay: timedelta | None = None) -> None:
    """Queue entries, due at once or after `delay`; what waits there already is left as it is."""
    listed = list(given)
    if not listed:
        return
    await queue.enqueue(
        [one.handler for one in listed],
        [one.payload for one in listed],
        [one.priority for one in listed],
        None if delay is None else [delay] * len(listed),
        dedupe_key=[one.dedupe_key for one in listed],
        headers=[{"tenant_id": one.tenant_id} for one in listed],
        on_conflict="skip",
    )
