"""When a schedule fires: cron fields, every n days, a business day, or once data are complete.

"Every 14 days" cannot be said by cron (`*/14` fires on the 29th and again on the 1st), nor "the
first business day" (day and weekday are joined by "or"): these are kinds of their own.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from metatron.kernel.errors import InvalidInput
from metatron.kernel.schedule import InvalidCron, next_fire

DAY = dt.timedelta(days=1)
_WORKING_DAYS = 5
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class _Rhythm(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cron(_Rhythm):
    """Five cron fields by Debian's rules."""

    kind: Literal["cron"]
    expression: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9*/,#\- ]{5,100}$")]


class EveryDays(_Rhythm):
    """Each so many days, counted from a date."""

    kind: Literal["every_days"]
    days: Annotated[int, Field(ge=1, le=366)]
    anchor_on: Annotated[dt.date, Field(ge=dt.date(2000, 1, 1), lt=dt.date(2100, 1, 1))]
    at: Clock


class BusinessDay(_Rhythm):
    """The n-th working day (Monday to Friday) of a month; counted from its end when negative."""

    kind: Literal["business_day"]
    nth: Annotated[int, Field(ge=-10, le=10)]
    at: Clock


class AfterData(_Rhythm):
    """So many days after each day, week (from Monday), month or quarter has ended."""

    kind: Literal["after_data"]
    unit: Literal["day", "week", "month", "quarter"]
    lag_days: Annotated[int, Field(ge=0, le=60)] = 2
    at: Clock = "06:00"


type Kind = Cron | EveryDays | BusinessDay | AfterData
Rhythm = Annotated[Cron | EveryDays | BusinessDay | AfterData, Field(discriminator="kind")]


def next_firing(rhythm: Kind, *, zone: str, after: dt.datetime) -> dt.datetime:
    """Return the first instant strictly after `after` (aware) at which `rhythm` fires, in UTC.

    A wall clock that a change of summer time skips fires as much later as the change; one that
    comes twice fires the first time.

    Raises:
        InvalidInput: cron fields that are none, or never fire; there is no 0th business day.
    """
    if isinstance(rhythm, Cron):
        try:
            return next_fire(rhythm.expression, after, zone)
        except InvalidCron as error:
            raise InvalidInput.field(
                "body.kind.expression", "invalid_cron", "Give five cron fields that fire."
            ) from error
    if isinstance(rhythm, BusinessDay) and rhythm.nth == 0:
        raise InvalidInput.field("body.kind.nth", "no_such_day", "Count from 1, or from -1.")
    place = ZoneInfo(zone)
    hour, minute = (int(part) for part in rhythm.at.split(":"))
    for day in _days(rhythm, after.astimezone(place).date()):
        at = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=place)
        instant = at.astimezone(dt.UTC)
        if instant > after:
            return instant
    raise AssertionError("the days never end")


def next_firings(rhythm: Kind, *, zone: str, after: dt.datetime, count: int) -> list[dt.datetime]:
    """Return the next `count` instants."""
    found: list[dt.datetime] = []
    for _ in range(count):
        after = next_firing(rhythm, zone=zone, after=after)
        found.append(after)
    return found


def _days(rhythm: EveryDays | BusinessDay | AfterData, today: dt.date) -> Iterator[dt.date]:
    """Yield the rhythm's days in order, the first not after `today`, without end."""
    match rhythm:
        case EveryDays():
            passed = max((today - rhythm.anchor_on).days // rhythm.days, 0)
            while True:
                yield rhythm.anchor_on + DAY * rhythm.days * passed
                passed += 1
        case BusinessDay():
            first = today.replace(day=1)
            while True:
                yield _business_day(first, rhythm.nth)
                first = _month_after(first, 1)
        case AfterData():
            end = _beginning(rhythm.unit, today - DAY * rhythm.lag_days)
            while True:
                yield end + DAY * rhythm.lag_days
                end = _following(rhythm.unit, end)


def _business_day(first: dt.date, nth: int) -> dt.date:
    length = (_month_after(first, 1) - first).days
    month = [first + DAY * number for number in range(length)]
    working = [day for day in month if day.weekday() < _WORKING_DAYS]
    return working[nth - 1 if nth > 0 else nth]


def _beginning(unit: str, day: dt.date) -> dt.date:
    if unit == "day":
        return day
    if unit == "week":
        return day - DAY * day.weekday()
    months = 3 if unit == "quarter" else 1
    return day.replace(day=1, month=(day.month - 1) // months * months + 1)


def _following(unit: str, begun: dt.date) -> dt.date:
    if unit in {"day", "week"}:
        return begun + DAY * (7 if unit == "week" else 1)
    return _month_after(begun, 3 if unit == "quarter" else 1)


def _month_after(first: dt.date, months: int) -> dt.date:
    count = first.year * 12 + first.month - 1 + months
    return first.replace(year=count // 12, month=count % 12 + 1)
