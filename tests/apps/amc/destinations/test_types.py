"""Which type holds what, and what columns are called."""

import pytest

from metatron.apps.amc.destinations.targets.naming import column_names
from metatron.apps.amc.destinations.targets.pg_types import kind_of, wider

STAMP = "timestamp without time zone"


@pytest.mark.parametrize(
    ("there", "comes", "holds"),
    [
        ("bigint", "bigint", "bigint"), ("bigint", "numeric", "numeric"),
        ("numeric", "bigint", "numeric"), ("numeric(10,2)", "numeric", "numeric"),
        ("double precision", "bigint", "numeric"), ("bigint", "double precision", "numeric"),
        ("date", STAMP, STAMP), (STAMP, "date", STAMP), ("boolean", "bigint", "text"),
        ("date", "text", "text"), ("text", "bigint", "text"), ("jsonb", "bigint", "text"),
        ("numeric(10,2)", "text", "text"), ("bigint", "date", "text"),
    ],
)  # fmt: skip
def test_a_column_holds_both(there: str, comes: str, holds: str) -> None:
    assert wider(there, comes) == holds


def test_types_of_results_are_kept() -> None:
    kinds = ["VARCHAR", "BIGINT", "DECIMAL(12, 2)", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP"]
    assert [kind_of(each) for each in kinds] == [
        "text", "bigint", "numeric", "double precision", "boolean", "date", STAMP,
    ]  # fmt: skip


def test_long_names_stay_different_and_the_same() -> None:
    long = ["ü" * 40 + "a", "ü" * 40 + "b", "x" * 63, "x" * 64]
    names = column_names(long, set(), 63)
    assert names == column_names(reversed(long), set(), 63)
    assert len(set(names.values())) == 4
    assert all(len(each.encode()) <= 63 for each in names.values())
    assert names["x" * 63] == "x" * 63


def test_names_that_are_taken_give_way() -> None:
    names = column_names(["_Client", "ctid", "reach", "a\0b"], {"_client"}, 63)
    assert names["reach"] == "reach"
    taken = {each.lower() for each in names.values()} & {"_client", "ctid"}
    assert not taken
    assert "\0" not in names["a\0b"]
