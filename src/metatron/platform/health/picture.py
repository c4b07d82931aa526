"""What everybody sees who looks within a second is made once, and nobody waits for the next."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from metatron.kernel.database.database import Database

log = structlog.get_logger(__name__)
FRESH_SECONDS = 1.0
SHOWN_SECONDS = 3.0
"""A picture older than a second is still shown until then, while the next one is made."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An answer and the tag by which the next look asks whether it changed."""

    body: bytes
    tag: str


class Pictures:
    """The newest picture; one is made at a time, however many look."""

    def __init__(self) -> None:
        """Have none yet."""
        self._last: tuple[float, Picture] | None = None
        self._making: asyncio.Task[Picture] | None = None

    async def shown(self, make: Callable[[], Awaitable[Picture]]) -> Picture:
        """Return a picture of the last three seconds; only without one a look waits."""
        age = float("inf") if self._last is None else time.monotonic() - self._last[0]
        if self._last is not None and age < FRESH_SECONDS:
            return self._last[1]
        making = self._renew(make)
        if self._last is not None and age < SHOWN_SECONDS:
            return self._last[1]
        return await asyncio.shield(making)

    def forget(self) -> None:
        """Make the next one anew, however soon it is asked for."""
        self._last = self._making = None

    def _renew(self, make: Callable[[], Awaitable[Picture]]) -> "asyncio.Task[Picture]":
        if self._making is None:
            self._making = asyncio.create_task(self._made(make))
            self._making.add_done_callback(self._done)
        return self._making

    async def _made(self, make: Callable[[], Awaitable[Picture]]) -> Picture:
        picture = await make()
        if asyncio.current_task() is self._making:  # it was not forgotten meanwhile
            self._last = (time.monotonic(), picture)
        return picture

    def _done(self, making: "asyncio.Task[Picture]") -> None:
        if self._making is making:
            self._making = None
        if not making.cancelled() and making.exception() is not None:
            log.warning("picture_waits", error=type(making.exception()).__name__)


def pictures_of(database: Database) -> Pictures:
    """Return those of a database, for `Database.keep`."""
    del database
    return Pictures()
