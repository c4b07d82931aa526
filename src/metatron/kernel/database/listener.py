"""Hears what processes tell each other (LISTEN), for a whole process on one connection of its own.

Of its own: a listener that took one of a pool's would leave its users one fewer for as long as it
listens.
"""

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from metatron.kernel.database.lost import outlived

RETRY_SECONDS = 1.0
PATIENCE_SECONDS = 5.0
PROOF_SECONDS = 1.5
"""Between two proofs that the connection still brings notices."""


@dataclass(frozen=True, slots=True, eq=False)
class Hearing:
    """What one part of the process wants to hear, by channel, and what it does when it missed some.

    Each channel's function gets the notices' payloads.
    """

    heard: Mapping[str, Callable[[str], None]]
    lost: Callable[[], None]


class Listener:
    """Calls back for every notice; on a lost connection everything must be forgotten."""

    def __init__(self, dsn: str) -> None:
        """Open nothing before somebody wants to hear something."""
        self._dsn = dsn
        self._hearings: list[Hearing] = []
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._widening = asyncio.Lock()
        self.proved_at = -math.inf
        """An instant (`time.monotonic()`) until which every notice has been heard."""

    async def hear(
        self, heard: Mapping[str, Callable[[str], None]], *, lost: Callable[[], None]
    ) -> Callable[[], Awaitable[None]]:
        """Hear the channels of `heard` from now on; returns what ends it.

        Returns once they are listened to, or could not be; they are from the next connection on.
        `lost` is called when notices may have been missed, and when listening has begun.
        """
        hearing = Hearing(heard, lost)
        self._hearings.append(hearing)
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        connection = self._connection
        if connection is not None:
            with outlived("listener_reconnects"):
                await self._widen(connection, hearing)
        else:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ready.wait(), timeout=PATIENCE_SECONDS)

        async def end() -> None:
            self._hearings.remove(hearing)

        return end

    async def close(self) -> None:
        """End listening."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            with outlived("listener_reconnects"):
                await self._listen()
            for hearing in list(self._hearings):
                hearing.lost()
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._dsn)
        ended = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _connection: ended.set())
            # Whoever comes from here on widens it; nobody is between the two.
            self._connection = connection
            for hearing in list(self._hearings):
                await self._widen(connection, hearing)
            self._ready.set()
            while not ended.is_set():
                await self._prove(connection)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), PROOF_SECONDS)
        finally:
            self._connection = None
            self.proved_at = -math.inf
            await connection.close(timeout=1)

    async def _prove(self, connection: Any) -> None:
        """Ask for an answer: notices from before it have come by then, on the same connection."""
        async with self._widening:
            asked_at = time.monotonic()
            await connection.execute("select", timeout=PATIENCE_SECONDS)
            self.proved_at = asked_at

    async def _widen(self, connection: Any, hearing: Hearing) -> None:
        async with self._widening:
            for channel in hearing.heard:
                # Told to listen to one a second time, the driver does nothing.
                await connection.add_listener(channel, self._hear)
        hearing.lost()

    def _hear(self, _connection: Any, _pid: int, channel: str, payload: object) -> None:
        for hearing in list(self._hearings):
            if channel in hearing.heard:
                hearing.heard[channel](str(payload))
