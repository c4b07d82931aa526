"""A pool of sessions' connections that can close its idle ones while others go on using it.

Disposing of an engine puts another pool in place of its own; whoever opens a connection at that
moment gives it back to the old one, where nobody finds it again and nobody closes it.
"""

import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import greenlet_spawn, queue

IDLE_SECONDS = 120.0
_SINCE = "idle_since"


class SheddingPool(AsyncAdaptedQueuePool):
    """The driver's own pool, and a way to close what lies in it."""

    def close_idle(self, *, seconds: float = 0.0) -> None:
        """Close what nobody has used for so long; to be run in a greenlet of SQLAlchemy's."""
        latest = time.monotonic() - seconds
        kept: list[Any] = []
        gone: list[Any] = []
        # Nobody else comes between these lines: nothing in them waits.
        while True:
            try:
                entry = self._pool.get(block=False)
            except queue.Empty:
                break
            (gone if entry.info.get(_SINCE, 0.0) <= latest else kept).append(entry)
        for entry in reversed(kept):
            self._pool.put(entry, block=False)
        for entry in gone:
            try:
                entry.close()
            finally:
                # The place is free from now on, as after a return to a full pool.
                self._dec_overflow()


def note_returns(engine: AsyncEngine) -> None:
    """Have the engine's connections remember when they were given back."""
    event.listen(engine.sync_engine, "checkin", _given_back)


def _given_back(_connection: object, entry: Any) -> None:
    entry.info[_SINCE] = time.monotonic()


async def close_idle(engine: AsyncEngine, *, seconds: float = IDLE_SECONDS) -> None:
    """Close the engine's connections that nobody has used for so long."""
    pool = engine.pool
    assert isinstance(pool, SheddingPool)
    await greenlet_spawn(pool.close_idle, seconds=seconds)
