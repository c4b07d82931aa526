"""Which time a run reads: rules, and the half-open span of wall-clock time they come to.

A span has no zone of its own: it is read in the instance's zone, as AMC reads it.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from metatron.kernel.errors import InvalidInput

LAG_DAYS = 2
"""Amazon promises an event's data within 48 hours."""
SETTLING_LAG_DAYS = 14
"""By traffic time, conversions are credited for that long."""
TRAFFIC_TIME = "amazon_attributed_events_by_traffic_time"
LONGEST_DAYS = 395
DAY = dt.timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3}


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


WallClock = Annotated[str, StringConstraints(pattern=r"^20\d{2}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$")]


class Explicit(_Rule):
    """From a time to a time, as written."""

    kind: Literal["explicit"] = "explicit"
    start: WallClock
    end: WallClock


class Rolling(_Rule):
    """The last whole days, so many days back that their data are complete."""

    kind: Literal["rolling"] = "rolling"
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)]
    lag_days: Annotated[int, Field(ge=0, le=60)] | None = None


class Calendar(_Rule):
    """The `back`-th whole day, week (from Monday), month or quarter before the present one."""

    kind: Literal["calendar"] = "calendar"
    unit: Literal["day", "week", "month", "quarter"]
    back: Annotated[int, Field(ge=1, le=400)] = 1


WindowRule = Annotated[Explicit | Rolling | Calendar, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open [start, end), without zone."""

    start: dt.datetime
    end: dt.datetime

    def as_json(self) -> dict[str, str]:
        """Return it as AMC writes times: no zone, no Z."""
        return {"start": self.start.isoformat(), "end": self.end.isoformat()}


def span_of(rule: Explicit | Rolling | Calendar, *, zone: str, lag: int, now: dt.datetime) -> Span:
    """Return what `rule` means at `now` in the zone `zone`.

    Args:
        rule: from a request, or as it was stored.
        zone: an IANA name that `known_zone` took.
        lag: days that data need to be complete (see `lag_days`); a rolling rule may name its own.
        now: an aware instant.

    Raises:
        InvalidInput: an explicit span that is no time, is empty or goes backwards.
    """
    today = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
    match rule:
        case Explicit():
            return _explicit(rule)
        case Rolling():
            end = midnight - DAY * (lag if rule.lag_days is None else rule.lag_days)
            return Span(end - DAY * rule.days, end)
        case Calendar(unit="day"):
            return Span(midnight - DAY * rule.back, midnight - DAY * (rule.back - 1))
        case Calendar(unit="week"):
            monday = midnight - DAY * midnight.weekday()
            return Span(monday - 7 * DAY * rule.back, monday - 7 * DAY * (rule.back - 1))
        case Calendar():
            months = _MONTHS[rule.unit]
            first = midnight.replace(day=1, month=(midnight.month - 1) // months * months + 1)
            return Span(
                _months_back(first, months * rule.back),
                _months_back(first, months * (rule.back - 1)),
            )


def _explicit(rule: Explicit) -> Span:
    found = []
    for name, text in (("start", rule.start), ("end", rule.end)):
        try:
            found.append(dt.datetime.fromisoformat(text))
        except ValueError as error:
            hint = "Give a time such as 2026-09-01T00:00:00, without a zone."
            raise InvalidInput.field(f"body.window.{name}", "invalid_time", hint) from error
    if found[0] >= found[1]:
        raise InvalidInput.field(
            "body.window.end", "empty_window", "The end comes after the start."
        )
    return Span(found[0], found[1])


def _months_back(first: dt.datetime, months: int) -> dt.datetime:
    count = first.year * 12 + first.month - 1 - months
    if count < 12:
        raise InvalidInput.field("body.window.back", "too_early", "That is before all calendars.")
    return first.replace(year=count // 12, month=count % 12 + 1)


def next_spans(
    rule: Explicit | Rolling | Calendar, *, zone: str, lag: int, now: dt.datetime, count: int = 3
) -> list[Span]:
    """Return the next spans that differ from the present one; an explicit rule has none."""
    if isinstance(rule, Explicit):
        return []
    spans: list[Span] = []
    last, at = span_of(rule, zone=zone, lag=lag, now=now), now
    while len(spans) < count:
        at += DAY
        span = span_of(rule, zone=zone, lag=lag, now=at)
        if span != last:
            spans.append(span)
            last = span
    return spans


def ready_at(span: Span, *, zone: str, lag: int) -> dt.datetime:
    """Return the instant from which Amazon's data for `span` are complete."""
    end = span.end.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
    return end + DAY * lag


def in_utc(span: Span, zone: str) -> Span:
    """Return the span in wall-clock time of UTC."""
    start, end = (
        each.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC).replace(tzinfo=None)
        for each in (span.start, span.end)
    )
    return Span(start, end)


def hint_of(span: Span, *, zone: str, lag: int, now: dt.datetime) -> str:
    """Say in a sentence whether the data for `span` are complete."""
    ready = ready_at(span, zone=zone, lag=lag)
    if ready <= now:
        return "Amazon's data for this window are complete."
    day = ready.astimezone(ZoneInfo(zone)).date().isoformat()
    if lag >= SETTLING_LAG_DAYS:
        return f"Conversions are still credited to this window until {day}."
    return f"Amazon completes the data for this window by {day}."


def lag_days(*, reads_traffic_time: bool) -> int:
    """Return how many days old data must be to be complete."""
    return SETTLING_LAG_DAYS if reads_traffic_time else LAG_DAYS


def known_zone(name: str) -> str:
    """Return the zone's name if there is such a zone; raises `InvalidInput`."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidInput.field(
            "body.time_zone", "unknown_time_zone", "Give an IANA zone such as Europe/Berlin."
        ) from error
    return name
