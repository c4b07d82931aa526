"""What the relay asks for besides subscriptions: events of any name, for tenants that want them."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from metatron.kernel.events.jobs import Tap
from metatron.kernel.events.registry import Registry

_THERE = "select to_regclass($1) is not null"


async def messages(
    connection: Any, rows: Sequence[asyncpg.Record], registry: Registry, *, at_home: bool
) -> list[dict[str, Any]]:
    """Return a message for each tap and event that its tenant wants there; most want none.

    One statement a tap and round, however many events: what somebody sets counts from the next.
    """
    events = [row for row in rows if row["kind"] == "event"]
    found: list[dict[str, Any]] = []
    if not events:
        return found
    tenants = {row["tenant_id"] for row in events}
    for tap in registry.taps:
        # A dedicated database may still be a revision behind.
        if not at_home and not await connection.fetchval(_THERE, tap.table):
            continue
        wanted = await tap.wanted(connection, tenants)
        heard = {
            tenant_id: test
            for tenant_id, test in wanted.items()
            if not await registry.is_paused(tap.job, tenant_id)
        }
        found += [
            _message(tap, row)
            for row in events
            if row["tenant_id"] in heard and heard[row["tenant_id"]](row["name"])
        ]
    return found


def _message(tap: Tap, row: asyncpg.Record) -> dict[str, Any]:
    message = {
        "tenant_id": row["tenant_id"], "id": row["id"], "kind": "job", "handler": tap.job,
        "arguments": {"event_id": str(row["id"])},
    }  # fmt: skip
    if row["trace"] is not None:
        message["trace"] = row["trace"]
    return message
