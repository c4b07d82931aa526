"""Tells when the suite works again: it is asked all the time, and its worker is watched."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import httpx

from bench.night.inquest import waiting
from bench.night.organisations import Organisation
from bench.night.stand import Stand
from metatron.kernel.database.lost import DATABASE_ERRORS

EVERY_SECONDS = 0.2
CALL_SECONDS = 4.0
LONGEST_SECONDS = 60.0
"""A suite that takes longer than this has not recovered."""
SLOW_SECONDS = 4.0
"""Who is not back after this time is asked what it waits for, and again after the same time."""
_PARTS = ("writes", "worker", "processes")
_LAST = """
select extract(epoch from max(delivered_at))::float8 from kernel.delivery where tenant_id = $1
"""


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment, on the monotonic clock and on the wall's."""

    monotonic: float = field(default_factory=time.monotonic)
    wall: float = field(default_factory=time.time)


@dataclass(frozen=True, slots=True)
class Recovery:
    """The seconds until everything worked, None if it did not; by part; and what was waited for."""

    seconds: float | None
    parts: dict[str, float]
    words: list[str]


@dataclass(slots=True)
class Pulse:
    """Writes of a small organisation, five a second, and what the worker does for a busy one."""

    stand: Stand
    small: Organisation
    busy: UUID
    written: float = 0.0
    """When the newest successful write began (monotonic)."""
    delivered: float = 0.0
    """When the worker did something last (wall)."""
    answered: int = 0
    unanswered: int = 0
    _calls: set[asyncio.Task[None]] = field(default_factory=set)

    async def recovered(self, since: Instant) -> Recovery:
        """Return when everything works after a moment, and what each part took."""
        parts: dict[str, float] = {}
        words: list[str] = []
        asked = SLOW_SECONDS
        while (now := time.monotonic() - since.monotonic) < LONGEST_SECONDS:
            if self.written > since.monotonic:
                parts.setdefault("writes", now)
            if self.delivered > since.wall:
                parts.setdefault("worker", now)
            # Last: looking at all processes takes time from those who work.
            if len(parts) == len(_PARTS) - 1 and not self.stand.missing():
                return Recovery(now, parts | {"processes": now}, words)
            if now > asked:
                asked += SLOW_SECONDS
                words.append(f"after {now:.0f} s: {self.missing()}; {await waiting(self.stand)}")
            await asyncio.sleep(EVERY_SECONDS / 2)
        return Recovery(None, parts, [*words, self.missing()])

    def missing(self) -> str:
        """Tell what does not work."""
        write, job = time.monotonic() - self.written, time.time() - self.delivered
        return (
            f"not running: {self.stand.missing()}; last write {write:.0f} s ago,"
            f" last job {job:.0f} s ago"
        )

    async def beat(self) -> None:
        """Write and watch until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._write())
            group.create_task(self._watch())

    async def _write(self) -> None:
        number = 0
        async with httpx.AsyncClient(timeout=CALL_SECONDS, trust_env=False) as http:
            headers = await self._headers()
            while True:
                number += 1
                if len(self._calls) < 30:
                    call = asyncio.create_task(self._one(http, headers, number))
                    self._calls.add(call)
                    call.add_done_callback(self._calls.discard)
                if number % 1_500 == 0:  # every five minutes: tokens last fifteen
                    headers = await self._headers()
                await asyncio.sleep(EVERY_SECONDS)

    async def _headers(self) -> dict[str, str]:
        await self.small.organiser.renew()
        return {"authorization": self.small.organiser.authorization}

    async def _one(self, http: httpx.AsyncClient, headers: dict[str, str], number: int) -> None:
        begun = time.monotonic()
        with contextlib.suppress(httpx.HTTPError, OSError):
            answer = await http.patch(
                f"{self.stand.base_url}/api/v1/organisation",
                json={"name": f"Small {number}"}, headers=headers,
            )  # fmt: skip
            if answer.is_success:
                self.written = max(self.written, begun)
                self.answered += 1
                return
        self.unanswered += 1

    async def _watch(self) -> None:
        dsn = self.stand.server.dsn("metatron_app")
        while True:
            with contextlib.suppress(*DATABASE_ERRORS, TimeoutError):
                async with _bound(dsn, self.busy) as connection:
                    while True:
                        last = await connection.fetchval(_LAST, self.busy, timeout=3)
                        self.delivered = last or 0.0
                        await asyncio.sleep(EVERY_SECONDS)
            await asyncio.sleep(EVERY_SECONDS)


@contextlib.asynccontextmanager
async def _bound(dsn: str, tenant_id: UUID) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(dsn, timeout=3)
    try:
        await connection.execute("select set_config('app.tenant_id', $1, false)", str(tenant_id))
        yield connection
    finally:
        connection.terminate()
