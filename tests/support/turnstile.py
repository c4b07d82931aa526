"""Lets a test that measures have the machine to itself: the other workers of the run wait.

Every test stands in the room with others. Who wants it alone closes the door behind itself and
waits until those inside have left; they find the door closed before their next test.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_SH, LOCK_UN, flock
from pathlib import Path


class Turnstile:
    """The room of one run, entered by each of its workers; both locks end with their process."""

    def __init__(self, folder: Path) -> None:
        """Share the room with all processes that name the same folder."""
        self._door, self._room = (
            os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600) for name in ("door", "room")
        )

    @contextmanager
    def among_others(self) -> Iterator[None]:
        """Stand in the room; waits while somebody is alone in it or about to be."""
        flock(self._door, LOCK_EX)
        flock(self._room, LOCK_SH)
        flock(self._door, LOCK_UN)
        try:
            yield
        finally:
            flock(self._room, LOCK_UN)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Have the room alone; for who stands in it. Waits until the others' tests have ended."""
        # Two who want this would wait for each other for ever if they kept their places.
        flock(self._room, LOCK_UN)
        flock(self._door, LOCK_EX)
        flock(self._room, LOCK_EX)
        try:
            yield
        finally:
            flock(self._room, LOCK_SH)
            flock(self._door, LOCK_UN)

    def close(self) -> None:
        """Leave for good."""
        os.close(self._door)
        os.close(self._room)
