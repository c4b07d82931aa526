"""Segments of time: whole days, weeks, months or quarters between local midnights, half-open."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from metatron.apps.amc.runs.windows import DAY, Span, ready_at

ONCE = "once"
_MONTHS = {"month": 1, "quarter": 3}


@dataclass(frozen=True, slots=True)
class Calendar:
    """How time is cut: a unit, and for weeks the day they begin on (1 Monday .. 7 Sunday)."""

    unit: str
    week_starts_on: int = 1

    def beginning(self, day: dt.date) -> dt.date:
        """Return the first day of the unit that holds `day`."""
        if self.unit == "week":
            return day - DAY * ((day.isoweekday() - self.week_starts_on) % 7)
        months = _MONTHS.get(self.unit)
        if months is None:
            return day
        return day.replace(day=1, month=(day.month - 1) // months * months + 1)

    def following(self, begun: dt.date) -> dt.date:
        """Return the first day after the unit that begins on `begun`."""
        months = _MONTHS.get(self.unit)
        if months is None:
            return begun + DAY * (7 if self.unit == "week" else 1)
        return months_later(begun, months)

    def covering(self, day: dt.date) -> dt.date:
        """Return the first day not before `day` on which a unit begins."""
        begun = self.beginning(day)
        return begun if begun == day else self.following(begun)


def months_later(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months later, or the month's last when it has no such day."""
    count = day.year * 12 + day.month - 1 + months
    first = dt.date(count // 12, count % 12 + 1, 1)
    following = dt.date((count + 1) // 12, (count + 1) % 12 + 1, 1)
    return first + DAY * (min(day.day, (following - first).days) - 1)


def spans(calendar: Calendar, from_on: dt.date, to_on: dt.date) -> Iterator[Span]:
    """Yield the segments from `from_on` to `to_on`, on both of which a unit begins."""
    if calendar.unit == ONCE:
        yield _span(from_on, to_on)
        return
    while from_on < to_on:
        following = calendar.following(from_on)
        yield _span(from_on, following)
        from_on = following


def _span(from_on: dt.date, to_on: dt.date) -> Span:
    return Span(dt.datetime.combine(from_on, dt.time()), dt.datetime.combine(to_on, dt.time()))


def begins_at(day: dt.date, zone: str) -> dt.datetime:
    """Return the instant at which a day begins in a zone."""
    return dt.datetime.combine(day, dt.time(), tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def over_at(span: Span, zone: str) -> dt.datetime:
    """Return the instant at which a segment is over."""
    return ready_at(span, zone=zone, lag=0)


def settles_at(span: Span, zone: str, lag_days: int) -> dt.datetime:
    """Return the instant from which a segment's data change no more."""
    return ready_at(span, zone=zone, lag=lag_days)
