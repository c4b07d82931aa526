"""One at a time, over threads and processes: who comes later waits."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold the file `lock`, which is made when it is missing, until the block ends.

    A holder that dies lets go of it. OSError when the file cannot be written.
    """
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
