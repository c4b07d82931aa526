"""How time is cut: without gaps or overlaps, on the right days, in every zone."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from metatron.apps.amc.collections.planning import OLDEST_DAYS, days_of, today_in
from metatron.apps.amc.collections.schemas import SegmentsBody
from metatron.apps.amc.collections.segments import (
    Calendar,
    begins_at,
    months_later,
    over_at,
    settles_at,
    spans,
)
from metatron.apps.amc.runs.windows import DAY, Span
from metatron.kernel.errors import InvalidInput

ZONES = [
    "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata",
    "Australia/Lord_Howe", "Africa/Cairo", "Asia/Beirut", "Pacific/Apia",
]  # fmt: skip
days = st.dates(dt.date(2016, 1, 1), dt.date(2040, 1, 1))
calendars = st.builds(
    Calendar, st.sampled_from(["day", "week", "month", "quarter"]), st.integers(1, 7)
)
D = dt.date.fromisoformat
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


@given(calendars, days)
def test_every_day_is_in_one_unit(calendar: Calendar, day: dt.date) -> None:
    begun = calendar.beginning(day)
    ended = calendar.following(begun)
    assert begun <= day < ended
    assert calendar.beginning(begun) == begun
    assert calendar.beginning(ended) == ended
    assert calendar.beginning(ended - DAY) == begun
    assert calendar.covering(day) in {begun, ended}
    assert calendar.covering(begun) == begun


@given(calendars, days, st.integers(1, 500))
def test_segments_tile_without_gap_or_overlap(
    calendar: Calendar, day: dt.date, length: int
) -> None:
    from_on = calendar.beginning(day)
    to_on = calendar.covering(from_on + length * DAY)
    cut = list(spans(calendar, from_on, to_on))
    assert cut[0].start == dt.datetime.combine(from_on, dt.time())
    assert cut[-1].end == dt.datetime.combine(to_on, dt.time())
    for one, following in itertools.pairwise(cut):
        assert one.end == following.start
    assert all(calendar.following(each.start.date()) == each.end.date() for each in cut)


@given(calendars, days, st.sampled_from(ZONES), st.sampled_from([2, 14]))
def test_as_instants_they_tile_too(calendar: Calendar, day: dt.date, zone: str, lag: int) -> None:
    begun = calendar.beginning(day)
    to_on = calendar.covering(begun + 40 * DAY)
    cut = list(spans(calendar, begun, to_on))
    overs = [over_at(each, zone) for each in cut]
    assert overs == sorted(set(overs))
    for each, over in zip(cut, overs, strict=True):
        assert over == begins_at(each.end.date(), zone)
        assert settles_at(each, zone, lag) - over == lag * DAY
    assert overs[-1] > begins_at(begun, zone)


@given(days, st.integers(1, 7))
def test_weeks_begin_on_the_chosen_day(day: dt.date, chosen: int) -> None:
    calendar = Calendar("week", chosen)
    begun = calendar.beginning(day)
    assert begun.isoweekday() == chosen
    assert (calendar.following(begun) - begun).days == 7
    assert (day - begun).days < 7


@given(days, st.integers(-30, 30))
def test_months_later_and_back(day: dt.date, months: int) -> None:
    later = months_later(day, months)
    first = months_later(day.replace(day=1), months)
    assert (later.year, later.month) == (first.year, first.month)
    assert later.day == min(day.day, (months_later(first, 1) - first).days)
    assert months_later(months_later(day.replace(day=1), months), -months) == day.replace(day=1)


def test_days_with_a_change_of_the_clock_are_shorter_or_longer() -> None:
    def hours(day: str) -> float:
        span = Span(
            dt.datetime.fromisoformat(day), dt.datetime.fromisoformat(day) + dt.timedelta(days=1)
        )
        begun = begins_at(span.start.date(), "Europe/Berlin")
        return (over_at(span, "Europe/Berlin") - begun) / dt.timedelta(hours=1)

    assert [hours(day) for day in ("2026-03-29", "2026-10-25", "2026-11-01")] == [23, 25, 24]


@pytest.mark.parametrize(
    ("wanted", "continuing", "expected"),
    [
        ({"unit": "week", "from": "2026-11-01"}, False, ("2026-10-26", "2026-11-16")),
        (
            {"unit": "week", "from": "2026-11-01", "week_starts_on": 7},
            False,
            ("2026-11-01", "2026-11-15"),
        ),
        ({"unit": "month", "from": "2026-08-17"}, False, ("2026-08-01", "2026-11-01")),
        ({"unit": "month", "from": "2026-08-17"}, True, ("2026-08-01", "2026-12-01")),
        (
            {"unit": "month", "from": "2026-08-01", "to": "2026-09-02"},
            False,
            ("2026-08-01", "2026-10-01"),
        ),
        (
            {"unit": "quarter", "from": "2026-01-01", "to": "2026-04-01"},
            False,
            ("2026-01-01", "2026-04-01"),
        ),
        ({"unit": "day", "from": "2026-11-20"}, False, ("2026-11-20", "2026-11-21")),
        ({"unit": "day", "from": "2026-11-21"}, True, ("2026-11-21", "2026-11-22")),
        (
            {"unit": "once", "from": "2026-09-03", "to": "2026-09-10"},
            False,
            ("2026-09-03", "2026-09-10"),
        ),
    ],
)
def test_what_a_new_collection_covers(
    wanted: dict[str, object], continuing: bool, expected: tuple[str, str]
) -> None:
    body = SegmentsBody.model_validate(wanted)
    found = days_of(body, continuing=continuing, zone="Europe/Berlin", now=NOW)
    assert found == (D(expected[0]), D(expected[1]))


def test_the_first_unit_is_wholly_among_what_amc_keeps() -> None:
    oldest = today_in("UTC", NOW) - OLDEST_DAYS * DAY
    body = SegmentsBody.model_validate({"unit": "quarter", "from": oldest.isoformat()})
    begun, _ = days_of(body, continuing=False, zone="UTC", now=NOW)
    assert oldest <= begun < oldest + 93 * DAY


@pytest.mark.parametrize(
    "wanted",
    [
        {"unit": "day", "from": "2025-10-01"},
        {"unit": "day", "from": "2026-11-22"},
        {"unit": "day", "from": "2026-11-21"},
        {"unit": "month", "from": "2026-11-03"},
        {"unit": "month", "from": "2026-10-03", "to": "2027-06-01"},
    ],
)
def test_what_cannot_be_collected(wanted: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        days_of(SegmentsBody.model_validate(wanted), continuing=False, zone="UTC", now=NOW)


@pytest.mark.parametrize(
    "wanted",
    [
        {"unit": "once", "from": "2026-10-01"},
        {"unit": "day", "from": "2026-10-02", "to": "2026-10-02"},
        {"unit": "week", "from": "2026-10-02", "week_starts_on": 0},
        {"unit": "year", "from": "2026-10-02"},
    ],
)
def test_what_makes_no_sense(wanted: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SegmentsBody.model_validate(wanted)
