"""Hears what processes tell each other (LISTEN), on one connection of its own.

Of its own: a listener that took one of a pool's would leave its users one fewer for as long as it
listens.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import asyncpg

from metatron.kernel.database.lost import outlived

RETRY_SECONDS = 1.0


class Listener:
    """Calls back for every notice; on a lost connection everything must be forgotten."""

    def __init__(
        self, dsn: str, *, heard: Mapping[str, Callable[[str], None]], lost: Callable[[], None]
    ) -> None:
        """Listen on the channels of `heard`, each of which gets its notices' payloads.

        `lost` is called when notices may have been missed.
        """
        self._dsn, self._heard, self._lost = dsn, heard, lost
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    async def start(self) -> None:
        """Listen from now on; returns once the first connection listens, or has failed."""
        self._task = asyncio.create_task(self._run())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ready.wait(), timeout=5)

    async def stop(self) -> None:
        """End listening."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            with outlived("listener_reconnects"):
                await self._listen()
            self._lost()
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._dsn)
        ended = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _connection: ended.set())
            for channel, heard in self._heard.items():
                await connection.add_listener(channel, _payload_to(heard))
            self._lost()
            self._ready.set()
            await ended.wait()
        finally:
            await connection.close(timeout=1)


def _payload_to(heard: Callable[[str], None]) -> Callable[..., None]:
    def hear(*notice: Any) -> None:
        heard(notice[-1])

    return hear
