"""Windows of runs: Amazon's kinds, its time format, its zone."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from metatron.apps.amc.twin.refusals import Refusal
from metatron.apps.amc.twin.windows import read_time, stamp, window, zone_of

# 1 November 2026, 08:30 in New York: the night before, the clocks went back.
NOW = dt.datetime(2026, 11, 1, 13, 30, tzinfo=dt.UTC).timestamp()
NEW_YORK = ZoneInfo("America/New_York")


def between(kind: str, zone: ZoneInfo, start: str | None = None, end: str | None = None) -> str:
    first, last = window(kind, zone, NOW, start=start, end=end)
    return f"{first.isoformat()} {last.isoformat()}"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("MOST_RECENT_DAY", "2026-10-31T04:00:00 2026-11-01T04:00:00"),
        ("MOST_RECENT_WEEK", "2026-10-25T04:00:00 2026-11-01T04:00:00"),
        ("CURRENT_MONTH", "2026-11-01T04:00:00 2026-11-02T05:00:00"),
        ("PREVIOUS_MONTH", "2026-10-01T04:00:00 2026-11-01T04:00:00"),
    ],
)
def test_relative_windows_are_days_of_the_zone(kind: str, expected: str) -> None:
    assert between(kind, NEW_YORK) == expected


def test_an_explicit_window_is_read_in_its_zone() -> None:
    found = between("EXPLICIT", NEW_YORK, "2026-10-31T00:00:00", "2026-11-02T00:00:00")
    assert found == "2026-10-31T04:00:00 2026-11-02T05:00:00"  # 49 hours: one was there twice


def test_a_z_is_taken_and_finds_nothing() -> None:
    """As seen at Amazon: the run succeeds and its result is empty."""
    first, last = window(
        "EXPLICIT", NEW_YORK, NOW, start="2026-10-01T00:00:00Z", end="2026-10-02T00:00:00Z"
    )
    assert first == last


@pytest.mark.parametrize(
    ("kind", "start", "end"),
    [
        ("EXPLICIT", None, None),
        ("EXPLICIT", "2026-10-01", "2026-10-02"),
        ("EXPLICIT", "2026-10-02T00:00:00", "2026-10-01T00:00:00"),
        ("EXPLICIT", "2026-10-01T00:00:00", "2026-10-01T00:00:00"),
        ("EXPLICIT", "2026-13-01T00:00:00", "2026-10-01T00:00:00"),
        ("EXPLICIT", "٢٠٢٦-10-01T00:00:00", "2026-10-02T00:00:00"),
        ("LAST_WEEK", None, None),
    ],
)
def test_what_is_no_window_is_refused(kind: str, start: str | None, end: str | None) -> None:
    with pytest.raises(Refusal) as refused:
        window(kind, ZoneInfo("UTC"), NOW, start=start, end=end)
    assert refused.value.status == 400


@pytest.mark.parametrize("name", ["Mars/Base", "", "../../etc/passwd", "/etc/passwd", "a\0b"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(Refusal):
        zone_of(name)


def test_instants_are_written_in_utc() -> None:
    assert stamp(NOW) == "2026-11-01T13:30:00Z"
    local, has_z = read_time("x", "2026-11-01T13:30:00Z")
    assert (local.isoformat(), has_z) == ("2026-11-01T13:30:00", True)
