"""Places in a process: so many at once, and never all of them for one organisation."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID
from weakref import WeakValueDictionary

from metatron.kernel.errors import Busy

WAIT_SECONDS = 10.0
type Owners = WeakValueDictionary[UUID | None, asyncio.Semaphore]


class Turnstile:
    """Lets so many through at once; who waits too long is told to come back."""

    def __init__(self, most: int, *, of_one: int) -> None:
        """Nobody is inside; of an organisation there are at most `of_one`."""
        self._most, self._of_one = most, of_one
        self._places: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore, Owners] | None = None

    @asynccontextmanager
    async def place(self, tenant_id: UUID | None = None) -> AsyncIterator[None]:
        """Hold a place; raises `Busy` when none comes free in time.

        Who names no organisation shares the places of one with all who do not.
        """
        loop = asyncio.get_running_loop()
        if self._places is None or self._places[0] is not loop:
            self._places = loop, asyncio.Semaphore(self._most), WeakValueDictionary()
        _, places, owners = self._places
        own = owners.get(tenant_id)
        if own is None:
            own = owners[tenant_id] = asyncio.Semaphore(self._of_one)
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(WAIT_SECONDS):
                    # One's own first: who waits for that takes no place from others.
                    await held.enter_async_context(own)
                    await held.enter_async_context(places)
            except TimeoutError as error:
                raise Busy("Many results are being read just now.") from error
            yield
