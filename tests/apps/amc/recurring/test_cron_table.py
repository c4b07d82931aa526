"""Forty cron expressions with the instants they fire at, and what another library says of them."""

import datetime as dt
from zoneinfo import ZoneInfo

import croniter
import pytest

from metatron.kernel.schedule import next_fire

START = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
"""A Friday."""
TABLE = {
    "* * * * *": ("11-20 12:01", "11-20 12:02", "11-20 12:03"),
    "*/5 * * * *": ("11-20 12:05", "11-20 12:10", "11-20 12:15"),
    "*/7 * * * *": ("11-20 12:07", "11-20 12:14", "11-20 12:21"),
    "0 * * * *": ("11-20 13:00", "11-20 14:00", "11-20 15:00"),
    "17 * * * *": ("11-20 12:17", "11-20 13:17", "11-20 14:17"),
    "0,30 * * * *": ("11-20 12:30", "11-20 13:00", "11-20 13:30"),
    "10-12 * * * *": ("11-20 12:10", "11-20 12:11", "11-20 12:12"),
    "5-59/20 * * * *": ("11-20 12:05", "11-20 12:25", "11-20 12:45"),
    "0 0 * * *": ("11-21 00:00", "11-22 00:00", "11-23 00:00"),
    "0 6 * * *": ("11-21 06:00", "11-22 06:00", "11-23 06:00"),
    "59 23 * * *": ("11-20 23:59", "11-21 23:59", "11-22 23:59"),
    "0 */6 * * *": ("11-20 18:00", "11-21 00:00", "11-21 06:00"),
    "0 8-18/5 * * *": ("11-20 13:00", "11-20 18:00", "11-21 08:00"),
    "0 6,18 * * *": ("11-20 18:00", "11-21 06:00", "11-21 18:00"),
    "15 10 * * 1": ("11-23 10:15", "11-30 10:15", "12-07 10:15"),
    "15 10 * * mon": ("11-23 10:15", "11-30 10:15", "12-07 10:15"),
    "0 9 * * 1-5": ("11-23 09:00", "11-24 09:00", "11-25 09:00"),
    "0 9 * * MON-FRI": ("11-23 09:00", "11-24 09:00", "11-25 09:00"),
    "0 9 * * 6,0": ("11-21 09:00", "11-22 09:00", "11-28 09:00"),
    "0 9 * * 7": ("11-22 09:00", "11-29 09:00", "12-06 09:00"),
    "0 9 * * 0": ("11-22 09:00", "11-29 09:00", "12-06 09:00"),
    "0 9 * * 5": ("11-27 09:00", "12-04 09:00", "12-11 09:00"),
    "0 0 1 * *": ("12-01 00:00", "01-01 00:00", "02-01 00:00"),
    "0 0 15 * *": ("12-15 00:00", "01-15 00:00", "02-15 00:00"),
    "0 0 1,15 * *": ("12-01 00:00", "12-15 00:00", "01-01 00:00"),
    "0 0 31 * *": ("12-31 00:00", "01-31 00:00", "03-31 00:00"),
    "0 0 30 * *": ("11-30 00:00", "12-30 00:00", "01-30 00:00"),
    "0 0 29 2 *": ("02-29 00:00", "02-29 00:00", "02-29 00:00"),
    "0 0 L * *": ("11-30 00:00", "12-31 00:00", "01-31 00:00"),
    "0 6 */14 * *": ("11-29 06:00", "12-01 06:00", "12-15 06:00"),
    "0 6 1 */3 *": ("01-01 06:00", "04-01 06:00", "07-01 06:00"),
    "0 6 1 1,4,7,10 *": ("01-01 06:00", "04-01 06:00", "07-01 06:00"),
    "0 6 1 jan,jul *": ("01-01 06:00", "07-01 06:00", "01-01 06:00"),
    "0 0 24 12 *": ("12-24 00:00", "12-24 00:00", "12-24 00:00"),
    "0 12 * 12 *": ("12-01 12:00", "12-02 12:00", "12-03 12:00"),
    "0 0 13 * 5": ("11-27 00:00", "12-04 00:00", "12-11 00:00"),
    "0 0 1-3 * 1-5": ("11-23 00:00", "11-24 00:00", "11-25 00:00"),
    "0 6 * * 1#1": ("12-07 06:00", "01-04 06:00", "02-01 06:00"),
    "0 6 * * 5#3": ("12-18 06:00", "01-15 06:00", "02-19 06:00"),
    "0 6 * * 5L": ("11-27 06:00", "12-25 06:00", "01-29 06:00"),
    "0 6 LW * *": ("11-30 06:00", "12-31 06:00", "01-29 06:00"),
}
UNKNOWN_THERE = {"0 6 LW * *", "0 6 * * 5L"}
"""The other library refuses these, or writes them otherwise."""


def ours(expression: str, *, zone: str = "UTC", after: dt.datetime = START) -> list[dt.datetime]:
    found = []
    for _ in range(3):
        after = next_fire(expression, after, zone)
        found.append(after.astimezone(ZoneInfo(zone)))
    return found


def theirs(expression: str, *, zone: str = "UTC", after: dt.datetime = START) -> list[dt.datetime]:
    walk = croniter.croniter(expression, after.astimezone(ZoneInfo(zone)))
    return [walk.get_next(dt.datetime) for _ in range(3)]


def test_there_are_forty_of_them() -> None:
    assert len(TABLE) >= 40


@pytest.mark.parametrize(("expression", "expected"), TABLE.items())
def test_an_expression_fires_at(expression: str, expected: tuple[str, ...]) -> None:
    found = ours(expression)
    assert tuple(each.strftime("%m-%d %H:%M") for each in found) == expected


@pytest.mark.parametrize("expression", sorted(TABLE.keys() - UNKNOWN_THERE))
@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_another_library_says_the_same(expression: str, zone: str) -> None:
    assert ours(expression, zone=zone) == theirs(expression, zone=zone)


def test_where_the_other_library_fires_twice() -> None:
    """The night that has an hour twice is why it is not ours."""
    eve = dt.datetime(2026, 10, 31, 12, tzinfo=dt.UTC)
    once, twice = (
        [
            each.strftime("%m-%d %H:%M")
            for each in fires("30 1 * * *", zone="America/New_York", after=eve)
        ]
        for fires in (ours, theirs)
    )
    assert once == ["11-01 01:30", "11-02 01:30", "11-03 01:30"]
    assert twice == ["11-01 01:30", "11-01 01:30", "11-02 01:30"]
