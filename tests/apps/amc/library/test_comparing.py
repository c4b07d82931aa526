"""Differences of meaning between two versions."""

from typing import Any

import pytest

from metatron.apps.amc.library.comparing import compare

OLD = "SELECT campaign, COUNT(*) AS n FROM dsp_views v WHERE a = 1 AND b = 2 GROUP BY 1"


def version(sql: str, *parameters: dict[str, Any], privacy: str = "REMOVE_ROWS") -> dict[str, Any]:
    return {"sql": sql, "parameters": list(parameters), "privacy": privacy}


def kinds(left: str, right: str) -> list[str]:
    return [str(part["kind"]) for part in compare(version(left), version(right))["parts"]]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("COUNT(*) AS n", "SUM(x) AS n"), ["column_changed"]),
        (("COUNT(*) AS n", "COUNT(*) AS n, 1 AS k"), ["column_added"]),
        (("campaign, ", ""), ["column_removed", "grouping_added", "grouping_removed"]),
        (("b = 2", "b = 3"), ["filter_added", "filter_removed"]),
        ((" AND b = 2", ""), ["filter_removed"]),
        (("dsp_views", "dsp_clicks"), ["table_added", "table_removed"]),
        (("GROUP BY 1", "GROUP BY 1, v.advertiser"), ["grouping_added"]),
        (("a = 1 AND b = 2", "(a = 1 AND b = 2)"), ["query_changed"]),
        (("SELECT campaign", "SELECT DISTINCT campaign"), ["query_changed"]),
        (("SELECT campaign", "select -- why\n  campaign"), ["text_only"]),
    ],
)
def test_a_change_of_meaning_is_named(change: tuple[str, str], expected: list[str]) -> None:
    assert kinds(OLD, OLD.replace(*change)) == expected


def test_joins_and_named_queries_are_told_by_their_place() -> None:
    left = "WITH t AS (SELECT a FROM dsp_views WHERE a = 1) SELECT COUNT(*) AS n FROM t"
    right = left.replace("a = 1", "a = 2").replace("FROM t", "FROM t LEFT JOIN u ON t.a = u.a")
    parts = compare(version(left), version(right))["parts"]
    texts = {part["text"] for part in parts}
    assert {"filter t: a = 2 added", "filter t: a = 1 removed", "table u added"} <= texts
    joined = right.replace("LEFT JOIN", "JOIN")
    assert kinds(right, joined) == ["table_changed"]


def test_parameters_and_filtering_are_part_of_the_meaning() -> None:
    p = {"name": "p", "data_type": "STRING", "list": False, "default": None}
    changed = p | {"list": True, "default": ["x"]}
    told = compare(version(OLD, p), version(OLD, changed, privacy="REMOVE_VALUES"))["parts"]
    assert [part["kind"] for part in told] == ["parameter_changed", "privacy_changed"]
    assert told[0]["after"] == "list of STRING, default ['x']"
    assert [part["kind"] for part in compare(version(OLD, p), version(OLD))["parts"]] == [
        "parameter_removed"
    ]


def test_nothing_changed_is_nothing() -> None:
    assert compare(version(OLD), version(OLD))["parts"] == []


def test_what_cannot_be_read_is_compared_by_lines() -> None:
    told = compare(version("SELECT (\nx"), version("SELECT (\ny"))
    assert [part["kind"] for part in told["parts"]] == ["query_changed"]
    assert told["lines"] == [
        {"op": "same", "text": "SELECT ("},
        {"op": "remove", "text": "x"},
        {"op": "add", "text": "y"},
    ]
