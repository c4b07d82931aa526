"""The one place that reads the machine's clock; use cases are given `now` instead."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the machine's time as an aware UTC instant.

    Business decisions use the database's clock through `UnitOfWork.now`, not this one:
    an application server whose clock is wrong must change nothing.
    """
    return datetime.now(UTC)
