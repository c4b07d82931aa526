"""Days on which banks pay: Monday to Friday of a zone, but for the organisation's holidays."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

PAID_WITHIN = 2
"""Business days within which a release is paid: a rule of the house, said in the terms."""
MOST_HOLIDAYS = 200
_SATURDAY = 5


def business_days_after(
    instant: datetime, days: int, zone: str, holidays: Collection[date] = ()
) -> datetime:
    """Return the same local time, so many business days later: from Friday or a weekend, Monday.

    `holidays` are days of the zone's calendar, at most `MOST_HOLIDAYS` of them.
    """
    local = instant.astimezone(ZoneInfo(zone))
    while days:
        local += timedelta(days=1)
        if local.weekday() < _SATURDAY and local.date() not in holidays:
            days -= 1
    return local.astimezone(instant.tzinfo)
