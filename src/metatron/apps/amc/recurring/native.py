"""Which schedules Amazon's own can stand for: daily or weekly ones, at a full hour of UTC."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from metatron.apps.amc.recurring.errors import ScheduleDoesNotFit
from metatron.apps.amc.recurring.rhythms import Kind, next_firing

_DAY, _WEEK, _YEAR = timedelta(days=1), timedelta(days=7), timedelta(days=366)
_SUMMER = timedelta(hours=3)
"""No change of summer time is longer."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SPANS = {"Daily": (1, "day"), "Weekly": (7, "week")}


@dataclass(frozen=True, slots=True)
class Native:
    """When Amazon fires; the last whole day or week is what it reads then."""

    period: Literal["Daily", "Weekly"]
    start_day: str | None
    hour_utc: int

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored and answered."""
        return asdict(self)


def native_of(rhythm: Kind, window: Mapping[str, Any], *, zone: str, now: datetime) -> Native:
    """Return the schedule of Amazon's that does the same over the next year.

    Raises:
        ScheduleDoesNotFit: it fires at other times, or reads another window.
        InvalidInput: the rhythm never fires.
    """
    first = next_firing(rhythm, zone=zone, after=now)
    at = next_firing(rhythm, zone=zone, after=first)
    step = at - first
    while step in {_DAY, _WEEK} and at < first + _YEAR:
        following = next_firing(rhythm, zone=zone, after=at)
        if following - at != step:
            step = following - at
        at = following
    if step not in {_DAY, _WEEK}:
        if min(abs(step - _DAY), abs(step - _WEEK)) <= _SUMMER:
            raise ScheduleDoesNotFit(
                "Its hour in UTC changes with summer time, and Amazon knows no other clock: "
                "set its time zone to UTC."
            )
        raise ScheduleDoesNotFit("Amazon's schedules fire every day or every week.")
    if (first.minute, first.second) != (0, 0):
        raise ScheduleDoesNotFit("Amazon's schedules fire at full hours of UTC.")
    weekly = step == _WEEK
    period: Literal["Daily", "Weekly"] = "Weekly" if weekly else "Daily"
    days, unit = _SPANS[period]
    rolling = window["kind"] == "rolling" and window["days"] == days
    if not rolling and (window["kind"], window.get("unit"), window.get("back")) != (
        "calendar", unit, 1,
    ):  # fmt: skip
        raise ScheduleDoesNotFit(f"A {period.lower()} schedule of Amazon's reads the last {unit}.")
    return Native(period, _DAYS[first.weekday()] if weekly else None, first.hour)
