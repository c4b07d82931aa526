"""Periods, what they are compared with, and the parts they are shown in."""

import datetime as dt
from dataclasses import dataclass

from metatron.apps.amc.collections.segments import ONCE, Calendar, months_later
from metatron.apps.amc.runs.windows import DAY
from metatron.kernel.errors import InvalidInput

_WEEKS_OF_A_YEAR = 52
_SIZES = {"day": 0, "week": 1, "month": 2, "quarter": 3}
SEGMENT = "segment"


@dataclass(frozen=True, slots=True)
class DatePeriod:
    """Days from `start` up to `end`, which is no longer in it."""

    start: dt.date
    end: dt.date

    def as_json(self) -> dict[str, str]:
        """Return it as the local midnights that it lies between."""
        return {
            "start": dt.datetime.combine(self.start, dt.time()).isoformat(),
            "end": dt.datetime.combine(self.end, dt.time()).isoformat(),
        }

    def holds(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Tell whether all of a segment is in it."""
        return self.start <= start.date() and end <= dt.datetime.combine(self.end, dt.time())


def compared_with(period: DatePeriod, compare: str, unit: str) -> DatePeriod | None:
    """Return the period before of the same length, or the one a year earlier.

    Whole months are preceded by as many months. A year earlier begins on the same weekday for
    weeks (52 of them), on the same date otherwise.
    """
    if compare == "none":
        return None
    start, end = period.start, period.end
    if compare == "year":
        if unit == "week":
            return DatePeriod(start - 7 * DAY * _WEEKS_OF_A_YEAR, end - 7 * DAY * _WEEKS_OF_A_YEAR)
        return DatePeriod(months_later(start, -12), months_later(end, -12))
    if start.day == 1 and end.day == 1:
        months = (end.year - start.year) * 12 + end.month - start.month
        return DatePeriod(months_later(start, -months), start)
    return DatePeriod(start - (end - start), start)


def parts_of(group: str, calendar: Calendar) -> Calendar | None:
    """Return how a series is cut, None when it stays as the segments are.

    Raises:
        InvalidInput: the parts would be smaller than the segments.
    """
    if group in {SEGMENT, calendar.unit}:
        return None
    if calendar.unit == ONCE or _SIZES[group] < _SIZES[calendar.unit]:
        hint = f"Segments of a {calendar.unit} cannot be shown by {group}."
        raise InvalidInput.field("query.group", "too_small", hint)
    return Calendar(group, calendar.week_starts_on)


def part_of(
    start: dt.datetime, end: dt.datetime, parts: Calendar | None
) -> tuple[dt.datetime, dt.datetime]:
    """Return the part that a segment is shown in: the one in which it begins."""
    if parts is None:
        return start, end
    begun = parts.beginning(start.date())
    return (
        dt.datetime.combine(begun, dt.time()),
        dt.datetime.combine(parts.following(begun), dt.time()),
    )
