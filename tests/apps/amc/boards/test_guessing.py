"""Measures guessed from the names of columns."""

from typing import Any

import pytest

from metatron.apps.amc.boards.guessing import MOST_MEASURES, guess, lay_out, words
from metatron.apps.amc.boards.schemas import BoardMeasure, BoardTile


def guessed(*names: str) -> dict[str, dict[str, Any]]:
    found = guess([{"name": name, "type": "BIGINT"} for name in names])
    return {each["label"]: BoardMeasure.model_validate(each).model_dump() for each in found}


def test_kinds_by_name() -> None:
    found = guessed("impressions", "clicks", "total_cost", "unique_users", "campaign_id", "ctr")
    assert {label: each["kind"] for label, each in found.items()} == {
        "Impressions": "sum", "Clicks": "sum", "Total cost": "sum", "Unique users": "distinct",
        "Ctr": "ratio",
    }  # fmt: skip
    assert found["Total cost"]["format"] == "money"
    ctr = found["Ctr"]
    assert (ctr["numerator"], ctr["denominator"]) == ("clicks", "impressions")


@pytest.mark.parametrize(
    ("name", "others", "expected"),
    [
        ("cpm", ("total_cost", "impressions"), ("total_cost", "impressions", 1000)),
        ("cpc", ("spend", "clicks"), ("spend", "clicks", 1)),
        ("roas", ("product_sales", "ad_cost"), ("product_sales", "ad_cost", 1)),
        ("acos", ("sales", "cost"), ("cost", "sales", 1)),
        ("purchase_rate", ("purchases", "clicks"), ("purchases", "clicks", 1)),
        ("new_cvr", ("purchases", "dpv_clicks"), ("purchases", "dpv_clicks", 1)),
        ("ctr", ("clicks",), None),
        ("ntb_share", ("ntb", "purchases"), None),
        ("unique_user_rate", ("users",), None),
    ],
)
def test_rates(name: str, others: tuple[str, ...], expected: tuple[str, str, int] | None) -> None:
    found = next(each for each in guess_of(name, *others) if each["id"] == name)
    if expected is None:
        assert (found["kind"], found["column"]) == ("last", name)
    else:
        told = (found["numerator"], found["denominator"], found["scale"])
        assert (found["kind"], told) == ("ratio", expected)


def guess_of(*names: str) -> list[dict[str, Any]]:
    return guess([{"name": name, "type": "DOUBLE"} for name in names])


def test_ids_and_texts_are_no_measures() -> None:
    columns = [
        {"name": "campaignId", "type": "BIGINT"}, {"name": "ids", "type": "BIGINT"},
        {"name": "clicks", "type": "VARCHAR"}, {"name": "day", "type": "DATE"},
        {"name": "paid", "type": "DECIMAL(9, 2)"},
    ]  # fmt: skip
    assert [each["id"] for each in guess(columns)] == ["paid"]


def test_ids_of_measures_differ_and_are_not_too_many() -> None:
    found = guess_of("a b", "a_b", "A-B", "?", *(f"c{number}" for number in range(60)))
    assert len(found) == len({each["id"] for each in found}) == MOST_MEASURES
    for each in found:
        BoardMeasure.model_validate(each)
    tiles = lay_out(found)
    assert {each["chart"] for each in tiles} == {"card", "line"}
    for each in tiles:
        BoardTile.model_validate(each)


def test_one_measure_has_its_line_alone_which_tells_the_total() -> None:
    assert [each["chart"] for each in lay_out(guess_of("clicks"))] == ["line"]
    two = [each["chart"] for each in lay_out(guess_of("clicks", "sales"))]
    assert two == ["card", "card", "line", "line"]


def test_words() -> None:
    assert words("totalCost_USD14d") == ["total", "cost", "usd", "14", "d"]


def test_what_counts_people_is_reach_whatever_it_is_called() -> None:
    columns = [{"name": name, "type": "BIGINT"} for name in ("buyers", "seen", "bought_share")]
    found = {each["column"]: each["kind"] for each in guess(columns, {"buyers", "bought_share"})}
    assert found == {"buyers": "distinct", "seen": "sum", "bought_share": "last"}


@pytest.mark.parametrize(
    "name", ["frequency", "avg_frequency", "average order value", "medianDays"]
)
def test_what_is_a_mean_already_is_never_added_up(name: str) -> None:
    columns = [{"name": name, "type": "DOUBLE"}, {"name": "impressions", "type": "BIGINT"}]
    assert [each["kind"] for each in guess(columns)] == ["last", "sum"]
