"""Spans of whole days in somebody's zone, as instants."""

import datetime as dt
from zoneinfo import ZoneInfo

from metatron.apps.amc.runs.windows import DAY
from metatron.kernel.errors import InvalidInput

FIRST, LAST = dt.date(2000, 1, 1), dt.date(2100, 1, 1)


def instants_of(
    since: dt.date | None, until: dt.date | None, zone: str
) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return where the first day begins and where the last has ended, None for an open end.

    Raises:
        InvalidInput: there is no such zone, or the last day lies before the first.
    """
    try:
        place = ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        hint = "Give an IANA zone such as Europe/Berlin."
        raise InvalidInput.field("query.time_zone", "unknown_time_zone", hint) from error
    if since is not None and until is not None and until < since:
        hint = "The last day lies before the first."
        raise InvalidInput.field("query.until", "ends_before_it_begins", hint)
    return (
        None if since is None else dt.datetime.combine(since, dt.time(), place),
        None if until is None else dt.datetime.combine(until + DAY, dt.time(), place),
    )
