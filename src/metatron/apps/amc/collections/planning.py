"""Which segments a new collection has, and what it has after some time has passed."""

import datetime as dt
from zoneinfo import ZoneInfo

from metatron.apps.amc.collections.schemas import SegmentsBody
from metatron.apps.amc.collections.segments import ONCE, Calendar
from metatron.apps.amc.runs.windows import DAY, LONGEST_DAYS
from metatron.kernel.errors import InvalidInput

OLDEST_DAYS = LONGEST_DAYS - 1
"""AMC keeps 13 months; a day less, so that what is asked for today can still be asked tomorrow."""
FURTHEST_DAYS = 92
"""As far ahead as a quarter that has just begun."""


def today_in(zone: str, now: dt.datetime) -> dt.date:
    """Return the day it is in a zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def days_of(
    wanted: SegmentsBody, *, continuing: bool, zone: str, now: dt.datetime
) -> tuple[dt.date, dt.date]:
    """Return the first day and the first day after the last of what is to be collected.

    Raises:
        InvalidInput: too long ago, too far ahead, or no unit of it is over.
    """
    today = today_in(zone, now)
    oldest, furthest = today - DAY * OLDEST_DAYS, today + DAY * FURTHEST_DAYS
    if not oldest <= wanted.from_ <= today:
        hint = f"Begin between {oldest} and today: AMC keeps 13 months."
        raise InvalidInput.field("body.segments.from", "out_of_range", hint)
    if wanted.to is not None and wanted.to > furthest:
        raise InvalidInput.field(
            "body.segments.to", "out_of_range", f"End on {furthest} at the latest."
        )
    if wanted.unit == ONCE:
        assert wanted.to is not None, "the body holds a single segment to its end"
        return wanted.from_, wanted.to
    calendar = Calendar(wanted.unit, wanted.week_starts_on)
    begun = max(calendar.beginning(wanted.from_), calendar.covering(oldest))
    ended = calendar.covering(wanted.to) if wanted.to else calendar.beginning(today)
    if continuing:
        ended = max(ended, present_end(calendar, today))
    if begun >= ended:
        hint = f"No {wanted.unit} of this is over yet. Begin earlier, or let it continue."
        raise InvalidInput.field("body.segments.from", "nothing_over", hint)
    return begun, ended


def present_end(calendar: Calendar, today: dt.date) -> dt.date:
    """Return the first day after the unit that is running: a collection that continues has it."""
    return calendar.following(calendar.beginning(today))
