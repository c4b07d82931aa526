"""When schedules fire: tables of instants, and what holds of every rhythm."""

import datetime as dt
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metatron.apps.amc.recurring.rhythms import (
    AfterData,
    BusinessDay,
    Cron,
    EveryDays,
    Kind,
    next_firing,
    next_firings,
)
from metatron.kernel.errors import InvalidInput

NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"
START = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def days(rhythm: Kind, count: int, *, zone: str = "UTC", after: dt.datetime = START) -> list[str]:
    place = ZoneInfo(zone)
    found = next_firings(rhythm, zone=zone, after=after, count=count)
    return [each.astimezone(place).strftime("%m-%d %H:%M") for each in found]


def test_every_14_days_is_every_14_days() -> None:
    rhythm = EveryDays(kind="every_days", days=14, anchor_on=dt.date(2026, 11, 15), at="06:00")
    assert days(rhythm, 4) == ["11-29 06:00", "12-13 06:00", "12-27 06:00", "01-10 06:00"]
    later = EveryDays(kind="every_days", days=90, anchor_on=dt.date(2027, 3, 1), at="06:00")
    assert days(later, 2) == ["03-01 06:00", "05-30 06:00"]


@pytest.mark.parametrize(
    ("nth", "expected"),
    [
        (1, ["12-01 07:30", "01-01 07:30", "02-01 07:30"]),
        (-1, ["11-30 07:30", "12-31 07:30", "01-29 07:30"]),
        (3, ["12-03 07:30", "01-05 07:30", "02-03 07:30"]),
        (-2, ["11-27 07:30", "12-30 07:30", "01-28 07:30"]),
    ],
)
def test_business_days(nth: int, expected: list[str]) -> None:
    rhythm = BusinessDay(kind="business_day", nth=nth, at="07:30")
    assert days(rhythm, 3, zone=BERLIN) == expected


def test_there_is_no_zeroth_business_day() -> None:
    with pytest.raises(InvalidInput):
        days(BusinessDay(kind="business_day", nth=0, at="07:30"), 1)


@pytest.mark.parametrize(
    ("unit", "lag", "expected"),
    [
        ("day", 2, ["11-21 06:00", "11-22 06:00"]),
        ("week", 2, ["11-25 06:00", "12-02 06:00"]),
        ("month", 2, ["12-03 06:00", "01-03 06:00"]),
        ("quarter", 14, ["01-15 06:00", "04-15 06:00"]),
    ],
)
def test_after_data_are_complete(unit: Any, lag: int, expected: list[str]) -> None:
    rhythm = AfterData(kind="after_data", unit=unit, lag_days=lag)
    assert days(rhythm, 2) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("30 1 * * *", ["11-21 01:30", "11-22 01:30"]),
        ("0 9 * * 1-5", ["11-23 09:00", "11-24 09:00"]),
        ("0 0 29 2 *", ["02-29 00:00", "02-29 00:00"]),
        ("0 6 LW * *", ["11-30 06:00", "12-31 06:00"]),
        ("*/20 12 20 11 *", ["11-20 12:20", "11-20 12:40"]),
    ],
)
def test_cron_fields(expression: str, expected: list[str]) -> None:
    assert days(Cron(kind="cron", expression=expression), 2) == expected


@pytest.mark.parametrize("expression", ["61 * * * *", "0 0 30 2 *", "a b c d e", "* * * *  "])
def test_fields_that_never_fire_are_refused(expression: str) -> None:
    with pytest.raises(InvalidInput):
        days(Cron(kind="cron", expression=expression), 1)


@pytest.mark.parametrize("kind", ["cron", "every_days"])
def test_the_night_with_an_hour_twice_fires_once(kind: str) -> None:
    after = dt.datetime(2026, 10, 31, 12, tzinfo=dt.UTC)
    every = EveryDays(kind="every_days", days=1, anchor_on=dt.date(2026, 1, 1), at="01:30")
    rhythm = every if kind == "every_days" else Cron(kind="cron", expression="30 1 * * *")
    assert days(rhythm, 2, zone=NEW_YORK, after=after) == ["11-01 01:30", "11-02 01:30"]


def test_the_night_that_lacks_the_hour_fires_once_too() -> None:
    after = dt.datetime(2027, 3, 13, 12, tzinfo=dt.UTC)
    every = EveryDays(kind="every_days", days=1, anchor_on=dt.date(2026, 1, 1), at="02:30")
    found = days(every, 2, zone=NEW_YORK, after=after)
    assert found == ["03-14 03:30", "03-15 02:30"]


rhythms = st.one_of(
    st.builds(
        EveryDays, kind=st.just("every_days"), days=st.integers(1, 366),
        anchor_on=st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), at=st.just("02:30"),
    ),
    st.builds(
        BusinessDay, kind=st.just("business_day"),
        nth=st.integers(-10, 10).filter(bool), at=st.just("23:59"),
    ),
    st.builds(
        AfterData, kind=st.just("after_data"), lag_days=st.integers(0, 60),
        unit=st.sampled_from(["day", "week", "month", "quarter"]), at=st.just("00:00"),
    ),
)  # fmt: skip


@given(
    rhythm=rhythms,
    after=st.integers(1_704_067_200, 1_861_920_000),
    zone=st.sampled_from(["UTC", NEW_YORK, BERLIN, "Australia/Lord_Howe"]),
)
def test_nothing_between_two_firings(rhythm: Kind, after: int, zone: str) -> None:
    asked = dt.datetime.fromtimestamp(after, dt.UTC)
    found = next_firings(rhythm, zone=zone, after=asked, count=4)
    assert all(asked < each for each in found)
    assert all(one < two for one, two in pairwise(found))
    between = asked + (found[0] - asked) / 2
    if between > asked:
        assert next_firing(rhythm, zone=zone, after=between) == found[0]
