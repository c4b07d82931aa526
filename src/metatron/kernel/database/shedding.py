"""A pool of sessions' connections that can close its idle ones while others go on using it.

Disposing of an engine puts another pool in place of its own; whoever opens a connection at that
moment gives it back to the old one, where nobody finds it again and nobody closes it.
"""

from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import queue


class SheddingPool(AsyncAdaptedQueuePool):
    """The driver's own pool, and a way to close what lies in it."""

    def close_idle(self) -> None:
        """Close every connection that nobody uses; to be run in a greenlet of SQLAlchemy's."""
        while True:
            try:
                entry = self._pool.get(block=False)
            except queue.Empty:
                return
            try:
                entry.close()
            finally:
                # The place is free from now on, as after a return to a full pool.
                self._dec_overflow()
