"""Wakes the relay after a commit, without a NOTIFY inside anybody's transaction.

PostgreSQL serialises commits that carry a NOTIFY behind one lock, which would undo group commit
under load; so the process sends one NOTIFY for all commits of the last few milliseconds, and
under load one for all of the last twentieth of a second: each costs the relay a round as well.
"""

import asyncio
import contextlib
from uuid import UUID

import asyncpg

from metatron.kernel.database.lost import DATABASE_ERRORS

CHANNEL = "metatron_outbox"
LATE_CHANNEL = "metatron_late"
_GATHER_SECONDS = 0.01
_PACE_SECONDS = 0.05
# A payload has less than 8,000 bytes; whoever is not named waits for a sweep.
_MOST_NAMED = 200
_NOTIFY = "select pg_notify($1, $2)"
_NOTIFY_LATE = "select pg_notify($1, $2), pg_notify($3, '')"


class Waker:
    """Sends few NOTIFYs, the first at once; a lost one costs one slow sweep."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        """Use the system pool of the home database."""
        self._pool = pool
        self._tenants: set[UUID] = set()
        self._late = False
        self._task: asyncio.Task[None] | None = None

    def wake(self, tenant_id: UUID) -> None:
        """Note that the tenant's outbox has grown; returns at once."""
        self._tenants.add(tenant_id)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._notify())

    def say_late(self) -> None:
        """Have workers told, with the next NOTIFY, that people wait for late answers."""
        self._late = True

    async def _notify(self) -> None:
        # Whoever commits while a NOTIFY is under way is named by the next one.
        wait = _GATHER_SECONDS
        while self._tenants:
            await asyncio.sleep(wait)
            wait = _PACE_SECONDS
            tenants, self._tenants = list(self._tenants)[:_MOST_NAMED], set()
            payload = ",".join(str(tenant_id) for tenant_id in tenants)
            late, self._late = self._late, False
            with contextlib.suppress(*DATABASE_ERRORS):
                if late:
                    await self._pool.execute(_NOTIFY_LATE, CHANNEL, payload, LATE_CHANNEL)
                else:
                    await self._pool.execute(_NOTIFY, CHANNEL, payload)

    async def close(self) -> None:
        """Let the last NOTIFY go out."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=1)
