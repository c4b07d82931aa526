"""One bound on all connections to dedicated databases, whichever door opens them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from metatron.kernel.errors import Busy

LONGEST_WAIT_SECONDS = 2.0
_LOOK_SECONDS = 0.05


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
        await self._take()
        try:
            connection = await asyncpg.connect(*arguments, **options)
        except BaseException:
            self.open -= 1
            raise
        connection.add_termination_listener(self._given_back)
        return connection

    async def _take(self) -> None:
        end = time.monotonic() + LONGEST_WAIT_SECONDS
        while self.open >= self.most:
            if await self._reclaim():
                continue
            if time.monotonic() >= end:
                raise Busy("Too many organisations with a database of their own are at work.")
            await asyncio.sleep(_LOOK_SECONDS)
        self.open += 1

    def _given_back(self, _connection: object) -> None:
        self.open -= 1
