"""Window rules, a query on one line, and parameters."""

import datetime as dt
from typing import Any

import pytest

from metatron.apps.amc.declarations import Parameter
from metatron.apps.amc.runs import windows
from metatron.apps.amc.runs.one_line import one_line, problem_of, sent_text
from metatron.apps.amc.runs.parameters import bind
from metatron.apps.amc.runs.windows import Calendar, Explicit, Rolling
from metatron.kernel.errors import InvalidInput

NOW = dt.datetime(2026, 11, 20, 3, 30, tzinfo=dt.UTC)


def span(rule: Any, zone: str = "UTC", now: dt.datetime = NOW, lag: int = 2) -> tuple[str, str]:
    found = windows.span_of(rule, zone=zone, lag=lag, now=now)
    return found.start.isoformat(), found.end.isoformat()


@pytest.mark.parametrize(
    ("rule", "zone", "start", "end"),
    [
        (Rolling(days=7), "UTC", "2026-11-11", "2026-11-18"),
        # In New York it is still the 19th.
        (Rolling(days=7), "America/New_York", "2026-11-10", "2026-11-17"),
        (Rolling(days=1, lag_days=14), "UTC", "2026-11-05", "2026-11-06"),
        (Rolling(days=1, lag_days=0), "UTC", "2026-11-19", "2026-11-20"),
        (Calendar(unit="day", back=1), "UTC", "2026-11-19", "2026-11-20"),
        (Calendar(unit="week", back=1), "UTC", "2026-11-09", "2026-11-16"),
        (Calendar(unit="month", back=1), "UTC", "2026-10-01", "2026-11-01"),
        (Calendar(unit="month", back=11), "UTC", "2025-12-01", "2026-01-01"),
        (Calendar(unit="quarter", back=1), "UTC", "2026-07-01", "2026-10-01"),
        (Calendar(unit="quarter", back=4), "UTC", "2025-10-01", "2026-01-01"),
    ],
)
def test_rules(rule: Any, zone: str, start: str, end: str) -> None:
    assert span(rule, zone) == (f"{start}T00:00:00", f"{end}T00:00:00")


def test_29_february_and_the_hours_that_clocks_skip_or_repeat() -> None:
    leap = dt.datetime(2028, 2, 29, 12, tzinfo=dt.UTC)
    assert span(Rolling(days=1, lag_days=0), now=leap)[0] == "2028-02-28T00:00:00"
    assert span(Calendar(unit="month", back=12), now=leap)[0] == "2027-02-01T00:00:00"
    zone = "Europe/Berlin"
    for day in ("2026-03-29", "2026-10-25"):
        at = dt.datetime.fromisoformat(f"{day}T12:00:00+00:00") + windows.DAY
        local = windows.span_of(Calendar(unit="day"), zone=zone, lag=2, now=at)
        assert local.start.date().isoformat() == day
        in_utc = windows.in_utc(local, zone)
        hours = (in_utc.end - in_utc.start).total_seconds() / 3_600
        assert hours == (23 if day.startswith("2026-03") else 25)


def test_what_comes_next() -> None:
    found = windows.next_spans(Calendar(unit="month"), zone="UTC", lag=2, now=NOW)
    assert [each.start.month for each in found] == [11, 12, 1]
    found = windows.next_spans(Rolling(days=7), zone="UTC", lag=2, now=NOW)
    assert [each.end.day for each in found] == [19, 20, 21]
    rule = Explicit(start="2026-01-01T00:00:00", end="2026-01-02T00:00:00")
    assert windows.next_spans(rule, zone="UTC", lag=2, now=NOW) == []


def test_data_that_are_not_complete_yet() -> None:
    fresh = windows.span_of(Rolling(days=1, lag_days=1), zone="UTC", lag=2, now=NOW)
    assert windows.ready_at(fresh, zone="UTC", lag=2) > NOW
    assert "2026-11-21" in windows.hint_of(fresh, zone="UTC", lag=2, now=NOW)
    assert "credited" in windows.hint_of(fresh, zone="UTC", lag=14, now=NOW)
    old = windows.span_of(Rolling(days=1), zone="UTC", lag=2, now=NOW)
    assert "complete" in windows.hint_of(old, zone="UTC", lag=2, now=NOW)


@pytest.mark.parametrize("start", ["2026-02-30T00:00:00", "2026-01-02T25:00:00"])
def test_times_that_are_none(start: str) -> None:
    with pytest.raises(InvalidInput):
        span(Explicit(start=start, end="2026-12-01T00:00:00"))


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("SELECT 1\n  FROM t\t-- why\nWHERE x = 1 ;", "SELECT 1 FROM t WHERE x = 1"),
        ("SELECT '--' /* a /* b */ c */ , \"/*\"", "SELECT '--' , \"/*\""),
        ("SELECT 'it''s', `a  b` FROM t--end", "SELECT 'it''s', `a  b` FROM t"),
        ("SELECT '\\' AS x -- '\nFROM t", "SELECT '\\' AS x FROM t"),
        ("a--b\r\nc\u00a0d", "a c d"),
    ],
)
def test_one_line(sql: str, line: str) -> None:
    found = one_line(sql)
    assert found.text == line
    assert [sql[place] for place in found.origins if not sql[place].isspace()] != []
    assert all(found.text[at] in {sql[place], " "} for at, place in enumerate(found.origins))
    assert sent_text(sql, "metatron-1").endswith("/* metatron-1 */")


def test_a_place_in_the_one_line_is_found_in_the_authors_text() -> None:
    sql = "SELECT a,\n  -- b\n  bad\nFROM t"
    column = one_line(sql).text.index("bad") + 1
    for told in (f"line 1, column {column}", f"at line 1:{column}", f"Line 1 col {column}"):
        found = problem_of(sql, f"Unknown column ({told})")
        assert (found["line"], found["column"]) == (3, 3), told
    assert problem_of(sql, "no place")["line"] is None
    assert problem_of(sql, "line 1, column 9999")["line"] is None


def refused(parameter: dict[str, Any], value: Any) -> str:
    with pytest.raises(InvalidInput) as error:
        bind([Parameter(name="p", **parameter)], {"p": value})
    return error.value.errors[0].code


@pytest.mark.parametrize(
    ("parameter", "value", "bound"),
    [
        ({}, "x", "x"),
        ({"kind": "like", "like_mode": "contains"}, "a%b", "%a%b%"),
        ({"kind": "like", "like_mode": "starts"}, "a", "a%"),
        ({"kind": "like", "like_mode": "exact"}, "a", "a"),
        ({"kind": "like"}, "a", "a"),
        ({"data_type": "DECIMAL"}, "12345678901234567890123456789012345678", None),
        ({"data_type": "LONG", "list": True, "kind": "campaign_list"}, ["1", 2], ["1", 2]),
        ({"list": True, "kind": "asin_list"}, "b000000001, B000000001\n1234567890",
         ["B000000001", "1234567890"]),
        ({"list": True}, '["a b", "c"]', ["a b", "c"]),
        ({"data_type": "DATE"}, "2026-02-28", "2026-02-28"),
        ({"data_type": "BOOLEAN"}, True, True),
        ({"default": "d"}, None, "d"),
    ],
)  # fmt: skip
def test_values_that_fit(parameter: dict[str, Any], value: Any, bound: Any) -> None:
    found = bind([Parameter(name="p", **parameter)], {"p": value})
    assert found.values["p"] == (value if bound is None else bound)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ({}, None), ({}, 5), ({}, ["x"]), ({}, "x\x00"), ({}, "x" * 10_001),
        ({"data_type": "INTEGER"}, 2**31), ({"data_type": "INTEGER"}, "1; DROP TABLE x"),
        ({"data_type": "DATE"}, "2026-02-30"), ({"data_type": "TIMESTAMP"}, "2026-02-01T00:00:00Z"),
        ({"data_type": "BOOLEAN"}, "maybe"), ({"data_type": "DECIMAL"}, "NaN"),
        ({"list": True}, []), ({"list": True}, ""), ({"list": True}, "[1"), ({"list": True}, {}),
        ({"list": True, "max_items": 2}, ["a", "b", "c"]),
        ({"list": True, "kind": "asin_list"}, ["B00000000"]),
        ({"list": True, "kind": "asin_list"}, ["B000000001' OR '1'='1"]),
        ({"kind": "enum", "options": ("a",)}, "b"),
        ({"data_type": "DOUBLE", "kind": "percentage"}, 101),
        ({"data_type": "INTEGER", "kind": "threshold"}, -1),
        ({"data_type": "INTEGER", "min": 3}, 2), ({"max": 3}, "abcd"),
    ],
)  # fmt: skip
def test_values_that_do_not(parameter: dict[str, Any], value: Any) -> None:
    assert refused(parameter, value) == "bad_value"


def test_every_wrong_value_is_named() -> None:
    with pytest.raises(InvalidInput) as error:
        bind([Parameter(name="a"), Parameter(name="b", data_type="DATE")], {"b": "x", "c": 1})
    assert [each.field for each in error.value.errors] == [
        "body.values.c", "body.values.a", "body.values.b",
    ]  # fmt: skip
