"""The one place that reads a clock; use cases are given `now` instead.

What it tells is the database's time, read now and then and carried on by the clock that only goes
forward. So a machine whose wall clock is wrong, or is stepped, takes part like any other.
"""

import time
from datetime import UTC, datetime
from functools import cache
from zoneinfo import available_timezones

_ahead_seconds: float | None = None
"""The database's time less the monotonic clock, None before it was read."""


def unix_now() -> float:
    """Return the database's time in seconds since 1970; the machine's until that was read."""
    return time.time() if _ahead_seconds is None else time.monotonic() + _ahead_seconds


def utc_now() -> datetime:
    """Return `unix_now` as an aware UTC instant.

    Business decisions use the clock of their transaction through `UnitOfWork.now`, not this one:
    a tenant may have a time of its own.
    """
    return datetime.fromtimestamp(unix_now(), UTC)


def set_clock(unix_seconds: float, *, at: float) -> float:
    """Take what the database's clock said at an instant of the monotonic clock.

    Returns:
        By how many seconds the machine's own clock is ahead of it.
    """
    global _ahead_seconds
    _ahead_seconds = unix_seconds - at
    return time.time() - unix_now()


def forget_clock() -> None:
    """Tell the machine's time again, until the next reading."""
    global _ahead_seconds
    _ahead_seconds = None


def is_time_zone(name: str) -> bool:
    """Tell whether the tz database of this machine has a zone of this name."""
    return name in _time_zones()


@cache
def _time_zones() -> frozenset[str]:
    # The library opens some six hundred files each time it is asked: five milliseconds.
    return frozenset(available_timezones())
