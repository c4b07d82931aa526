"""What spares the second look changes no result: with it everywhere, the same rows come out."""

import random
from typing import Any

import duckdb
import pytest

from metatron.apps.amc.sandbox import columns
from metatron.apps.amc.sandbox.thresholds import Filtering, Privacy
from tests.apps.amc.conftest import Local
from tests.apps.amc.test_shares import Row, population

METRICS = {
    "each row counts": "COUNT(*) AS n",
    "above zero": "SUM(impressions) AS n, SUM(total_cost) / 100000 AS m",
    "scaled": "SUM(impression_cost) * 0.00001 AS n, (SUM(impressions) + COUNT(*)) / 2 AS m",
    "by a condition": "SUM(IF(campaign LIKE '%1%', 1, 0)) AS n, SUM(impressions) AS m",
    "rounded": "ROUND(SUM(impression_cost) / 1000, 0) AS n",
    "subtracted": "SUM(impressions) - SUM(IF(campaign LIKE '%1%', 1, 0)) AS n",
    "some are unknown": "COALESCE(SUM(NULLIF(impressions, 1)), 0) AS n, COUNT(browser_family) AS m",
    "none": "COUNT(DISTINCT campaign) AS n",
}
KEYS = ("city_name", "city_name, campaign", "device_type", "city_name, device_type")
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
        tuple(round(cell, 6) if isinstance(cell, float) else cell for cell in row) for row in told
    ]
    return sorted(rounded, key=repr)


@pytest.mark.parametrize("filtering", list(Filtering))
@pytest.mark.parametrize("metric", METRICS)
def test_the_same_rows_leave(towns: Local, metric: str, filtering: Filtering) -> None:
    for keys in KEYS:
        text = f"SELECT {keys}, {METRICS[metric]} FROM dsp_impressions GROUP BY {keys}"
        spared = towns.ask(text, privacy=Privacy(filtering))
        looked = towns.ask(text, privacy=Privacy(filtering, users_column="du_count"))
        # Where values are removed rows become one by their keys, whatever users each had.
        assert _plain(spared, without=0) == _plain(looked, without=1), keys


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
