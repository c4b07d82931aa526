"""Waits until all that was set off is done: only then can be said what is lost."""

import asyncio
import contextlib
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import asyncpg

from bench.night.stand import Stand

QUIET_LOOKS = 4
SETTLE_SECONDS = 240.0
_LEFT = {
    "outbox": """
select count(*) from kernel.outbox o left join kernel.tenant_clock c using (tenant_id)
where o.run_at <= now() + make_interval(secs => coalesce(c.offset_seconds, 0))""",
    "queue": """
select count(*) from jobs.pgqueuer
where status in ('queued', 'picked') and (execute_after <= now() or attempts > 0)""",
}
_OF_TENANT = {
    "instructions": """
select count(*) from payments.instruction where state not in ('confirmed', 'failed')""",
    "mails": "select count(*) from notifications.message where state = 'queued'",
    "runs": """
select count(*) from amc.run where state not in ('succeeded', 'failed', 'cancelled')""",
    "webhooks": "select count(*) from payments.webhook_inbox where state in ('received', 'parked')",
}
_WEBHOOKS = "select count(*) from delivery where state = 'pending'"


async def settled(stand: Stand, tenants: list[object]) -> dict[str, int]:
    """Wait until nothing is under way; returns what is left after minutes, nothing if all is done.

    Mails, instructions, runs and messages count for the organisations given.
    """
    end, quiet = time.monotonic() + SETTLE_SECONDS, 0
    left: dict[str, int] = {"nobody could ask": 1}
    while time.monotonic() < end:
        with contextlib.suppress(asyncpg.PostgresError, OSError, TimeoutError, sqlite3.Error):
            left = await _left(stand, tenants)
            quiet = quiet + 1 if not left else 0
            if quiet >= QUIET_LOOKS:
                return {}
        await asyncio.sleep(0.5)
    return left


async def _left(stand: Stand, tenants: list[object]) -> dict[str, int]:
    found: dict[str, int] = {}
    system = await asyncpg.connect(stand.server.dsn("metatron_system"), timeout=5)
    try:
        for name, statement in _LEFT.items():
            found[name] = await system.fetchval(statement, timeout=10)
    finally:
        await system.close()
    app = await asyncpg.connect(stand.server.dsn("metatron_app"), timeout=5)
    try:
        for tenant in tenants:
            await app.execute("select set_config('app.tenant_id', $1, false)", str(tenant))
            for name, statement in _OF_TENANT.items():
                found[name] = found.get(name, 0) + await app.fetchval(statement, timeout=10)
    finally:
        await app.close()
    found["messages of the provider"] = await asyncio.to_thread(
        _pending, stand.disk.data / "payments-sandbox" / "provider.sqlite3"
    )
    return {name: count for name, count in found.items() if count}


def _pending(file: Path) -> int:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as books:
        return int(books.execute(_WEBHOOKS).fetchone()[0])
