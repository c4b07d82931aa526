"""Periods, what they are compared with, and the parts of a series."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metatron.apps.amc.boards.periods import DatePeriod, compared_with, part_of, parts_of
from metatron.apps.amc.collections.segments import Calendar
from metatron.kernel.errors import InvalidInput

D = dt.date.fromisoformat
days = st.dates(dt.date(2020, 3, 1), dt.date(2040, 1, 1))


@pytest.mark.parametrize(
    ("period", "compare", "unit", "expected"),
    [
        (("2026-08-01", "2026-09-01"), "previous", "month", ("2026-07-01", "2026-08-01")),
        (("2026-03-01", "2026-04-01"), "previous", "day", ("2026-02-01", "2026-03-01")),
        (("2026-07-01", "2026-10-01"), "previous", "quarter", ("2026-04-01", "2026-07-01")),
        (("2026-08-03", "2026-08-17"), "previous", "week", ("2026-07-20", "2026-08-03")),
        (("2026-08-03", "2026-08-17"), "year", "week", ("2025-08-04", "2025-08-18")),
        (("2026-08-01", "2026-09-01"), "year", "month", ("2025-08-01", "2025-09-01")),
        (("2028-02-29", "2028-03-01"), "year", "day", ("2027-02-28", "2027-03-01")),
        (("2026-08-01", "2026-09-01"), "none", "month", None),
    ],
)
def test_what_a_period_is_compared_with(
    period: tuple[str, str], compare: str, unit: str, expected: tuple[str, str] | None
) -> None:
    found = compared_with(DatePeriod(D(period[0]), D(period[1])), compare, unit)
    wanted = None if expected is None else DatePeriod(D(expected[0]), D(expected[1]))
    assert found == wanted


@given(days, st.integers(1, 400))
def test_the_period_before_ends_where_this_one_begins(day: dt.date, length: int) -> None:
    period = DatePeriod(day, day + dt.timedelta(days=length))
    before = compared_with(period, "previous", "day")
    assert before is not None
    assert before.end == period.start
    assert before.start < before.end


@given(days, st.integers(1, 400))
def test_a_year_earlier_weeks_begin_on_the_same_day(day: dt.date, weeks: int) -> None:
    period = DatePeriod(day, day + dt.timedelta(weeks=weeks))
    before = compared_with(period, "year", "week")
    assert before is not None
    assert before.start.weekday() == day.weekday()
    assert before.end - before.start == period.end - period.start


def test_a_segment_is_in_a_period_as_a_whole_or_not() -> None:
    august = DatePeriod(D("2026-08-01"), D("2026-09-01"))
    at = dt.datetime.fromisoformat
    assert august.holds(at("2026-08-01T00:00"), at("2026-09-01T00:00"))
    assert not august.holds(at("2026-08-31T00:00"), at("2026-09-07T00:00"))
    assert not august.holds(at("2026-07-27T00:00"), at("2026-08-03T00:00"))


def test_weeks_by_month_are_shown_where_they_begin() -> None:
    parts = parts_of("month", Calendar("week", 7))
    at = dt.datetime.fromisoformat
    shown = part_of(at("2026-08-30T00:00"), at("2026-09-06T00:00"), parts)
    assert shown == (at("2026-08-01T00:00"), at("2026-09-01T00:00"))
    week = parts_of("week", Calendar("day", 7))
    assert part_of(at("2026-08-31T00:00"), at("2026-09-01T00:00"), week)[0] == at("2026-08-30")
    assert parts_of("segment", Calendar("month")) is None
    assert parts_of("month", Calendar("month")) is None


@pytest.mark.parametrize(
    ("group", "unit"), [("week", "month"), ("month", "quarter"), ("month", "once")]
)
def test_parts_are_no_smaller_than_segments(group: str, unit: str) -> None:
    with pytest.raises(InvalidInput):
        parts_of(group, Calendar(unit))
