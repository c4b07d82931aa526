"""Cron expressions with Debian's rules, in a zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError


class InvalidCron(ValueError):
    """The expression is not a cron expression, or never fires."""


def next_fire(expression: str, after: datetime, zone: str = "UTC") -> datetime:
    """Return the first instant strictly after `after` at which `expression` fires.

    Args:
        expression: five cron fields, Debian's rules (either of day-of-month and day-of-week
            suffices when both are given).
        after: an aware instant.
        zone: the IANA zone in which the fields are read.

    Returns:
        An aware UTC instant.

    Raises:
        InvalidCron: the expression is wrong or does not fire within fifty years.
        ValueError: `after` is naive.

    Source: Debian's cron(8) as carried out by cronsim, including its daylight-saving rules.
    """
    if after.tzinfo is None:
        message = "after must be an aware instant"
        raise ValueError(message)
    try:
        return next(CronSim(expression, after.astimezone(ZoneInfo(zone)))).astimezone(UTC)
    except (CronSimError, StopIteration) as error:
        message = f"not a cron expression that fires: {expression!r}"
        raise InvalidCron(message) from error
