"""Which schedules Amazon's own can stand for."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter

from metatron.apps.amc.recurring.errors import ScheduleDoesNotFit
from metatron.apps.amc.recurring.native import Native, native_of
from metatron.apps.amc.recurring.rhythms import Kind, Rhythm

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DAY = {"kind": "rolling", "days": 1, "lag_days": None}
WEEK = {"kind": "calendar", "unit": "week", "back": 1}
_RHYTHM: TypeAdapter[Kind] = TypeAdapter(Rhythm)


def fit(rhythm: dict[str, Any], window: dict[str, Any], zone: str = "UTC") -> Native:
    return native_of(_RHYTHM.validate_python(rhythm), window, zone=zone, now=NOW)


def cron(expression: str) -> dict[str, Any]:
    return {"kind": "cron", "expression": expression}


def every(days: int, at: str = "06:00") -> dict[str, Any]:
    return {"kind": "every_days", "days": days, "anchor_on": "2026-11-20", "at": at}


@pytest.mark.parametrize(
    ("rhythm", "window", "zone", "native"),
    [
        (cron("0 6 * * *"), DAY, "UTC", Native("Daily", None, 6)),
        (cron("0 6 * * mon"), WEEK, "UTC", Native("Weekly", "Monday", 6)),
        (every(1), {"kind": "calendar", "unit": "day", "back": 1}, "UTC", Native("Daily", None, 6)),
        (every(7), {"kind": "rolling", "days": 7}, "UTC", Native("Weekly", "Friday", 6)),
        (
            {"kind": "after_data", "unit": "week", "lag_days": 2, "at": "07:00"},
            WEEK, "UTC", Native("Weekly", "Wednesday", 7),
        ),
        # No change of summer time, half a day ahead: Monday morning is Sunday evening in UTC.
        (cron("0 6 * * mon"), WEEK, "Asia/Tokyo", Native("Weekly", "Sunday", 21)),
    ],
)  # fmt: skip
def test_daily_and_weekly_ones_fit(
    rhythm: dict[str, Any], window: dict[str, Any], zone: str, native: Native
) -> None:
    assert fit(rhythm, window, zone) == native


@pytest.mark.parametrize(
    ("rhythm", "window", "zone", "reason"),
    [
        (cron("0 6 * * *"), DAY, "Europe/Berlin", "summer time"),
        (cron("0 6 * * mon"), WEEK, "America/New_York", "summer time"),
        (cron("30 6 * * *"), DAY, "UTC", "full hours"),
        (cron("0 6 * * *"), DAY, "Asia/Kolkata", "full hours"),
        (cron("0 6 * * mon-fri"), DAY, "UTC", "every day or every week"),
        (cron("0 6 1 * *"), WEEK, "UTC", "every day or every week"),
        (cron("0 * * * *"), DAY, "UTC", "every day or every week"),
        (every(14), WEEK, "UTC", "every day or every week"),
        ({"kind": "business_day", "nth": 1, "at": "06:00"}, WEEK, "UTC", "every day or every week"),
        (cron("0 6 * * *"), WEEK, "UTC", "the last day"),
        (cron("0 6 * * mon"), {"kind": "rolling", "days": 28}, "UTC", "the last week"),
        (cron("0 6 * * mon"), WEEK | {"back": 2}, "UTC", "the last week"),
    ],
)
def test_others_do_not(
    rhythm: dict[str, Any], window: dict[str, Any], zone: str, reason: str
) -> None:
    with pytest.raises(ScheduleDoesNotFit, match=reason):
        fit(rhythm, window, zone)
