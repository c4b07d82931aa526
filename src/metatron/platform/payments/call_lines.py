"""HTTP connections to one address, each a client of its own.

A pool of connections looks through all of them, and asks the system about each, whenever a request
begins or ends: with sixty under way that took more of the processor than the requests themselves.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec

import httpx

MOST = 16
ONE = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=5.0)

if find_spec("sniffio") is None:
    # httpcore tries to import it several times a request; known to be missing, that takes no time.
    sys.modules["sniffio"] = None  # type: ignore[assignment]


class CallLines:
    """At most `most` clients, the one used last first; `make` gives a client its limits `ONE`."""

    def __init__(self, make: Callable[[], httpx.AsyncClient], *, most: int = MOST) -> None:
        """Begin with none open."""
        self._make = make
        self._seats = asyncio.Semaphore(most)
        self._free: list[httpx.AsyncClient] = []

    @asynccontextmanager
    async def one(self) -> AsyncIterator[httpx.AsyncClient]:
        """Give a client for one request and its answer; wait for it when all are at work.

        After an error, or the caller's end, the client is closed: a request cut off on its way may
        leave the client's only connection taken for good.
        """
        async with self._seats:
            client = self._free.pop() if self._free else self._make()
            try:
                yield client
            except BaseException:
                await client.aclose()
                raise
            self._free.append(client)

    async def close(self) -> None:
        """Close what is open and not at work."""
        while self._free:
            await self._free.pop().aclose()
