"""One bound on all connections to dedicated databases, whichever door opens them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from metatron.kernel.errors import Busy

LONGEST_WAIT_SECONDS = 2.0
_LOOK_SECONDS = 0.05
_CROWDED = "Too many organisations with a database of their own are at work."


class ConnectionBudget:
    """Counts open connections; over the bound it frees idle ones, waits, then refuses.

    Args:
        most: connections that may be open at once in this process.
        reclaim: closes idle connections of the least recently used database; tells whether it did.
    """

    def __init__(self, most: int, reclaim: Callable[[], Awaitable[bool]]) -> None:
        """Start with nothing open."""
        self.most = most
        self.open = 0
        self._reclaim = reclaim

    async def connect(self, *arguments: Any, **options: Any) -> "asyncpg.Connection[Any]":
        """Open a connection as `asyncpg.connect` does, within the budget.

        Raises:
            Busy: no connection became free within two seconds (503 with Retry-After).
        """
        end = time.monotonic() + LONGEST_WAIT_SECONDS
        while True:
            await self._take(end)
            try:
                connection = await asyncpg.connect(*arguments, **options)
                break
            except asyncpg.TooManyConnectionsError as error:
                # The server has no more to give, whatever our share: other processes may let go.
                self.open -= 1
                if not await self._reclaim() and time.monotonic() >= end:
                    raise Busy(_CROWDED) from error
                await asyncio.sleep(_LOOK_SECONDS)
            except BaseException:
                self.open -= 1
                raise
        connection.add_termination_listener(self._given_back)
        return connection

    async def _take(self, end: float) -> None:
        while self.open >= self.most:
            if await self._reclaim():
                continue
            if time.monotonic() >= end:
                raise Busy(_CROWDED)
            await asyncio.sleep(_LOOK_SECONDS)
        self.open += 1

    def _given_back(self, _connection: object) -> None:
        self.open -= 1
