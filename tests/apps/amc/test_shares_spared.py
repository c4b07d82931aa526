"""What spares the second look changes no result: with it everywhere, the same rows come out."""

import random
from typing import Any

import duckdb
import pytest

from metatron.apps.amc.language.checking import Checking
from metatron.apps.amc.sandbox import columns
from metatron.apps.amc.sandbox.planning import plan
from metatron.apps.amc.sandbox.thresholds import Filtering, Privacy
from tests.apps.amc.conftest import EVERYTHING, NOW, Local
from tests.apps.amc.test_shares import Row, population

METRICS = {
    "each row counts": "COUNT(*) AS n",
    "above zero": "SUM(impressions) AS n, SUM(total_cost) / 100000 AS m",
    "scaled": "SUM(impression_cost) * 0.00001 AS n, (SUM(impressions) + COUNT(*)) / 2 AS m",
    "by a condition": "SUM(IF(impression_cost > 1, 1, 0)) AS n, SUM(impressions) AS m",
    "rounded": "ROUND(SUM(impression_cost) / 1000, 0) AS n",
    "subtracted": "SUM(impressions) - SUM(IF(impression_cost > 1, 1, 0)) AS n",
    "some are unknown": "COALESCE(SUM(NULLIF(impressions, 1)), 0) AS n, COUNT(browser_family) AS m",
    "none": "COUNT(DISTINCT campaign) AS n",
}
KEYS = ("city_name", "city_name, campaign", "device_type", "city_name, device_type")
HAVING = ("", "", " HAVING COUNT(*) > 9", " HAVING n > 9 AND MAX(impression_cost) > 0")
BY_HAND = ", AVG(impression_cost) AS z"
"""What cannot be made of users' parts, so that the query takes the way of two looks."""
CITIES = 14


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Local:
    """Towns with about a hundred people each; in some one has most of it, in some many have 0."""
    city = columns.person("(own * 16384)")["city_name"]
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select min(own) from range(4000) t(own) group by {city} order by 1 limit {CITIES}"
        ).fetchall()
    draw, rows = random.Random(5), list[Row]()
    for town, (own,) in enumerate(found):
        people = (60, 98, 99, 100, 101, 130)[town % 6]
        costs = (0, 1, 50) if town % 4 == 0 else (1, 50)
        events = [own * 16384 + number for number in range(400)]
        for number in range(people):
            rows.append((town * 1_000 + number, events[number], town % 2, draw.choice(costs)))
        for number in range(people, people + 60):
            rich = town * 1_000 if town % 5 == 0 else town * 1_000 + draw.randrange(people)
            nobody = draw.random() < 0.1
            rows.append((None if nobody else rich, events[number], town % 2, draw.choice(costs)))
    return population(tmp_path_factory.mktemp("towns"), rows)


def _plain(rows: list[tuple[Any, ...]], *, without: int) -> list[tuple[Any, ...]]:
    told = [row[: len(row) - without] for row in rows]
    rounded = [
        tuple(round(cell, 9) if isinstance(cell, float) else cell for cell in row) for row in told
    ]
    return sorted(rounded, key=repr)


@pytest.mark.parametrize("filtering", list(Filtering))
@pytest.mark.parametrize("metric", METRICS)
def test_the_same_rows_leave(towns: Local, metric: str, filtering: Filtering) -> None:
    for keys in KEYS[:2]:
        asked = f"{METRICS[metric]}{BY_HAND}"
        text = f"SELECT {keys}, {asked} FROM dsp_impressions GROUP BY {keys}"
        spared = towns.ask(text, privacy=Privacy(filtering))
        looked = towns.ask(text, privacy=Privacy(filtering, users_column="du_count"))
        # Where values are removed rows become one by their keys, whatever users each had.
        assert _plain(spared, without=0) == _plain(looked, without=1), keys


@pytest.mark.parametrize("filtering", list(Filtering))
@pytest.mark.parametrize("metric", METRICS)
def test_both_ways_lead_to_the_same(towns: Local, metric: str, filtering: Filtering) -> None:
    """In two steps by user, or in one with a second look."""
    for number, (keys, having) in enumerate(zip(KEYS, HAVING, strict=True)):
        users = "du_count" if number % 2 else None
        privacy = Privacy(filtering, users_column=users)
        asked = f"{METRICS[metric]}, COUNT(DISTINCT user_id) AS reach, MIN(campaign) AS least"
        rest = f" FROM dsp_impressions GROUP BY {keys}{having}"
        steps = towns.ask(f"SELECT {keys}, {asked}{rest}", privacy=privacy)
        looks = towns.ask(f"SELECT {keys}, {asked}{BY_HAND}{rest}", privacy=privacy)
        at = -1 if users is None else -2
        plain = [row[:at] + (() if users is None else row[-1:]) for row in looks]
        assert _plain(steps, without=0) == _plain(plain, without=0), (keys, having)


def test_which_way_is_taken(towns: Local) -> None:
    ways = {}
    for name, text in {
        "sums": "SELECT city_name, SUM(impressions) AS n FROM dsp_impressions GROUP BY 1",
        "reach": "SELECT city_name, COUNT(DISTINCT user_id) AS r, COUNT(*) AS n"
        " FROM dsp_impressions GROUP BY 1",
        "average": f"SELECT city_name, COUNT(*) AS n{BY_HAND} FROM dsp_impressions GROUP BY 1",
        "low": "SELECT campaign, SUM(impressions) AS n FROM dsp_impressions GROUP BY 1",
        "whole": "SELECT COUNT(*) AS n FROM dsp_impressions",
    }.items():
        against = Checking({}, {}, EVERYTHING, NOW)
        statement = plan(text, against, Privacy(), towns.folder).statement
        ways[name] = "steps" if "__parts" in statement else "looks"
    assert ways == {
        "sums": "steps", "reach": "steps", "average": "looks", "low": "looks", "whole": "looks",
    }  # fmt: skip


def test_some_leave_and_some_do_not(towns: Local) -> None:
    """The thresholds decide in these groups, so that the test above could fail."""
    by_town = "SELECT city_name, {} FROM dsp_impressions GROUP BY city_name"
    every = len(towns.ask(by_town.format(METRICS["each row counts"])))
    kept = {
        name: len(towns.ask(by_town.format(metric), privacy=Privacy()))
        for name, metric in METRICS.items()
    }
    assert every == CITIES
    assert 0 < kept["scaled"] < kept["each row counts"] <= kept["none"] < every, kept
