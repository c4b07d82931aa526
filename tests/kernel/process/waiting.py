"""Wait for a condition, bounded."""

import time
from collections.abc import Callable
from pathlib import Path

_BOUND_SECONDS = 30.0


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + _BOUND_SECONDS
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    """Tell whether the process has ended; one that only waits to be reaped has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
