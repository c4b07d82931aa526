"""Days on which banks pay: Monday to Friday of a zone. Public holidays are not known here."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

PAID_WITHIN = 2
"""Business days within which a release is paid: a rule of the house, said in the terms."""
_SATURDAY = 5


def business_days_after(instant: datetime, days: int, zone: str) -> datetime:
    """Return the same local time, so many business days later: from Friday or a weekend, Monday."""
    local = instant.astimezone(ZoneInfo(zone))
    while days:
        local += timedelta(days=1)
        if local.weekday() < _SATURDAY:
            days -= 1
    return local.astimezone(instant.tzinfo)
