"""Time windows of runs: Amazon's kinds, its time format, and its zone."""

import datetime as dt
import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from metatron.apps.amc.twin.refusals import Refusal

_FORM = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z?)", re.ASCII)
KEPT_DAYS = 395  # Amazon keeps 13 months.
# Another zone's clock would show a year that no calendar has.
_FIRST, _LAST = (dt.datetime(year, 1, 1) for year in (2, 9998))  # noqa: DTZ001


def stamp(seconds: float) -> str:
    """Return an instant as Amazon writes it: UTC with Z."""
    return f"{dt.datetime.fromtimestamp(seconds, dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def read_time(name: str, text: str | None) -> tuple[dt.datetime, bool]:
    """Return a local time and whether it ended in Z, which Amazon takes and then finds no rows.

    Raises:
        Refusal: 400 when it is missing or of another form; a date alone is not enough.
    """
    found = _FORM.fullmatch(text or "")
    if found is None:
        raise Refusal(400, f"{name} must look like yyyy-MM-dd'T'HH:mm:ss.")
    try:
        at = dt.datetime.fromisoformat((text or "").removesuffix("Z"))
    except ValueError:
        raise Refusal(400, f"{name} is not a time.") from None
    return min(max(at, _FIRST), _LAST), bool(found[1])


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone of the IANA database.

    Raises:
        Refusal: 400 when there is none of this name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refusal(400, f"Unknown timeWindowTimeZone {name}.") from None


def window(
    kind: str, zone: ZoneInfo, now: float, *, start: str | None, end: str | None
) -> tuple[dt.datetime, dt.datetime]:
    """Return the half-open window [start, end) in UTC without a zone.

    Raises:
        Refusal: 400 for an unknown kind, a bad time or an empty window.
    """
    if kind == "EXPLICIT":
        (first, z_first), (last, z_last) = (
            read_time("timeWindowStart", start), read_time("timeWindowEnd", end),
        )  # fmt: skip
        if first >= last:
            raise Refusal(400, "timeWindowStart must be before timeWindowEnd.")
        if z_first or z_last:  # as seen at Amazon: taken, and nothing found
            return _utc(first, zone), _utc(first, zone)
        return _utc(first, zone), _utc(last, zone)
    today = dt.datetime.fromtimestamp(now, zone).replace(tzinfo=None)
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
    month = midnight.replace(day=1)
    spans = {
        "ALL": (midnight - dt.timedelta(KEPT_DAYS), midnight + dt.timedelta(1)),
        "MOST_RECENT_DAY": (midnight - dt.timedelta(1), midnight),
        "MOST_RECENT_WEEK": (midnight - dt.timedelta(7), midnight),
        "CURRENT_MONTH": (month, midnight + dt.timedelta(1)),
        "PREVIOUS_MONTH": ((month - dt.timedelta(1)).replace(day=1), month),
    }
    if kind not in spans:
        raise Refusal(400, f"timeWindowType must be EXPLICIT or one of {', '.join(spans)}.")
    first, last = spans[kind]
    return _utc(first, zone), _utc(last, zone)


def _utc(local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return local.replace(tzinfo=zone).astimezone(dt.UTC).replace(tzinfo=None)
