"""Lets a few through at a time: a crowd at the door must not fill the event loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from metatron.kernel.errors import Busy


class Turns:
    """So many at once, in order of coming; beyond the queue `Busy`."""

    def __init__(self, *, at_once: int, queue: int) -> None:
        """Admit `at_once`, let `queue` wait."""
        self._free = asyncio.Semaphore(at_once)
        self._most = at_once + queue
        self._here = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it; raise `Busy` when too many wait already."""
        if self._here >= self._most:
            raise Busy("Too many sign-ins at once; try again in a moment.")
        self._here += 1
        try:
            async with self._free:
                yield
        finally:
            self._here -= 1
