"""Effective and equivalent users: Amazon's worked example, edges, and the same by hand."""

# ruff: noqa: ISC004 - long queries are written over several lines

import random
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest

from metatron.apps.amc.sandbox import columns
from metatron.apps.amc.sandbox.thresholds import Filtering, Privacy
from tests.apps.amc.conftest import Local

TOLD = Privacy(Filtering.REMOVE_VALUES, "filtered", "du_count", "why")
SHOWN, CLICKED = 1, 2
"""Rows of these tests tell by their cost whether they are an impression or a click."""
COUNTS = (
    "SUM(IF(impression_cost = 1, 1, 0)) AS impressions,"
    " SUM(IF(impression_cost = 2, 1, 0)) AS clicks"
)
Row = tuple[int | None, int, int, int]
"""User, event, campaign, cost."""


def population(folder: Path, rows: Iterable[Row]) -> Local:
    (folder / "dsp").mkdir()
    with duckdb.connect() as connection:
        connection.execute(
            "create table t (_user bigint, event bigint, campaign utinyint, cost integer)"
        )
        connection.executemany("insert into t values ($1, $2, $3, $4)", list(rows))
        connection.execute(
            "copy (select *, 0::utinyint as creative, timestamp '2026-09-01 12:00:00' as ts,"
            f" true as seen from t) to '{folder}/dsp/p.parquet'"
        )
    return Local(folder)


def people_by_device() -> list[tuple[str, int]]:
    """Device and first event of four people: the first has another device than the others."""
    told = columns.person("(own * 16384)")
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select {told['device_type']} as d, min(own), {told['postal_code']} as p"
            " from range(400) t(own) group by all order by d, p"
        ).fetchall()
    by_device: dict[str, list[int]] = defaultdict(list)
    for device, own, _ in found:
        by_device[device].append(own)
    return [("PC", by_device["PC"][0]), *(("TV", own) for own in by_device["TV"][:3])]


@pytest.fixture
def example(tmp_path: Path) -> Local:
    """Amazon's example: impressions, clicks, and how many users have each."""
    counts = [(1100, 50, 300, 13), (200, 30, 100, 8), (1300, 133, 500, 87), (1700, 108, 700, 359)]
    rows: list[Row] = []
    for place, ((_, own), (shown, seers, clicks, clickers)) in enumerate(
        zip(people_by_device(), counts, strict=True)
    ):
        first = place * 1_000
        events = [(first + n % seers, SHOWN) for n in range(shown)]
        events += [(first + n % clickers, CLICKED) for n in range(clicks)]
        rows += [(user, own * 16384 + n, 0, cost) for n, (user, cost) in enumerate(events)]
    return population(tmp_path, rows)


EXAMPLE = f"SELECT {COUNTS}, device_type, postal_code FROM dsp_impressions GROUP BY 3, 4"


def test_amazons_example_without_the_discriminator(example: Local) -> None:
    ((impressions, clicks, device, postal),) = example.ask(EXAMPLE, privacy=Privacy())
    assert (impressions, clicks, device) == (1700, 700, "TV")
    assert postal is not None


def test_amazons_example_with_the_discriminator(example: Local) -> None:
    rows = example.ask(EXAMPLE, privacy=TOLD)
    told = sorted((*row[:3], row[3] is None, *row[4:6]) for row in rows)
    # The example's own counts are 13, 22 and 157; its text says that they end at 100.
    assert told == [
        (1100, 300, "PC", True, True, 13),
        (1500, 600, "TV", True, True, 8),
        (1700, 700, "TV", False, False, 100),
    ]
    assert {row[6] for row in rows if not row[4]} == {None}
    assert "50 'dsp_impressions' users < 100 required" in {row[6] for row in rows}


def test_too_few_effective_users_are_named(example: Local) -> None:
    """Of the third row enough users saw something and 87 clicked."""
    text = EXAMPLE + " HAVING SUM(IF(impression_cost = 1, 1, 0)) = 1300"
    ((*_, why),) = example.ask(text, privacy=TOLD)
    assert why == "87 'dsp_impressions' effective users < 100 required"


def parts(*each: tuple[int, int, int]) -> list[Row]:
    """Rows of (user, cost, how many), all of one campaign."""
    rows: list[Row] = []
    for user, cost, count in each:
        rows += [(user, user * 16384 + len(rows) + n, 0, cost) for n in range(count)]
    return rows


CASES = {
    "half is not more than half": ([(1, 1, 3), (2, 1, 3)], None),
    "one has more than half": (
        [(1, 1, 9), (2, 1, 1), (3, 1, 1)],
        "1 'dsp_impressions' equivalent users < 2 required",
    ),
    "one has all the clicks": (
        [(1, 1, 3), (2, 1, 3), (1, 2, 2)],
        "1 'dsp_impressions' effective users < 2 required",
    ),
    "nobody clicked": ([(1, 1, 3), (2, 1, 3)], None),
    "the simplest reason comes first": (
        [(1, 1, 3)],
        "1 'dsp_impressions' users < 2 required",
    ),
    "a large part in one of two metrics": (
        [(1, 1, 3), (2, 1, 3), (1, 2, 9), (2, 2, 1)],
        "1 'dsp_impressions' equivalent users < 2 required",
    ),
    # All in one of the kinds by which the first look counts.
    "kinds alone decide nothing": ([(4, 1, 2), (8, 1, 2), (12, 1, 2)], None),
}


@pytest.mark.parametrize("name", CASES)
def test_reasons(tmp_path: Path, name: str) -> None:
    given, reason = CASES[name]
    local = population(tmp_path, parts(*given))
    text = f"SELECT campaign_id, {COUNTS} FROM dsp_impressions GROUP BY campaign_id"
    for privacy in (TOLD, Privacy(Filtering.REMOVE_VALUES, "filtered", None, "why")):
        (row,) = local.ask(text, privacy=privacy)
        assert row[-1] == reason
        assert row[3] is (reason is not None)
    assert len(local.ask(text, privacy=Privacy())) == (reason is None)


def test_parts_of_the_unknown_count_in_the_total_alone(tmp_path: Path) -> None:
    rows = parts((1, 1, 3), (2, 1, 2)) + [(None, 99 * 16384 + n, 0, 1) for n in range(4)]
    text = "SELECT campaign_id, SUM(impressions) AS n FROM dsp_impressions GROUP BY campaign_id"
    assert population(tmp_path, rows).ask(text, privacy=Privacy()) == [(390_000_000_000, 9)]


def test_what_is_no_sum_of_parts_is_not_held_against_them(tmp_path: Path) -> None:
    local = population(tmp_path, parts((1, 1, 9), (2, 1, 1)))
    text = "SELECT campaign_id, AVG(impression_cost) AS a FROM dsp_impressions GROUP BY 1"
    assert len(local.ask(text, privacy=Privacy())) == 1


SHAPES = [
    "SELECT campaign_id AS c, SUM(impressions) AS n, SUM(impression_cost) / 100000 AS m"
    " FROM dsp_impressions GROUP BY campaign_id",
    "SELECT campaign_id AS c, COUNT(*) AS n, CAST(SUM(impression_cost) AS DOUBLE) / 100000 AS m"
    " FROM dsp_impressions GROUP BY 1",
    "WITH u AS (SELECT user_id, campaign_id, COUNT(*) AS n, SUM(impression_cost) AS m"
    " FROM dsp_impressions GROUP BY 1, 2) SELECT campaign_id AS c, SUM(n) AS n,"
    " SUM(m) / 100000 AS m FROM u GROUP BY campaign_id",
    "SELECT n, c, m FROM (SELECT campaign_id AS c, SUM(impressions) AS n,"
    " SUM(impression_cost) / 100000 AS m FROM dsp_impressions GROUP BY 1) x",
    "SELECT UPPER(CAST(campaign_id AS VARCHAR)) AS c, COALESCE(SUM(impressions), 0) AS n,"
    " (SUM(impression_cost) + SUM(impression_cost)) / 200000 AS m FROM dsp_impressions"
    " GROUP BY campaign_id, CAST(campaign_id AS VARCHAR) HAVING COUNT(*) > 0",
]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", [0, 1, 2, 4])
def test_the_same_as_counted_by_hand(tmp_path: Path, seed: int, shape: int) -> None:
    draw = random.Random(seed)
    rows: list[Row] = []
    for number in range(160):
        campaign = draw.randrange(24)
        user = None if draw.random() < 0.1 else campaign * 10 + draw.randrange(5) ** 2 // 4
        cost = draw.choice((0, 0, 1, 50))
        rows.append((user, (user or 0) * 16384 + number, campaign, cost))
    kept = population(tmp_path, rows).ask(SHAPES[shape], privacy=Privacy())
    found = {(int(c) - 390_000_000_000) // 7_919 for c, *_ in kept}
    assert found == {campaign for campaign in range(24) if _leaves(campaign, rows)}
    assert 0 < len(found) < 24


def _leaves(campaign: int, rows: list[Row]) -> bool:
    mine = [(user, cost) for user, _, of, cost in rows if of == campaign]
    users = {user for user, _ in mine if user is not None}
    if len(users) < 2:
        return False
    for metric in ([(user, 1) for user, _ in mine], mine):
        total = sum(part for _, part in metric)
        if total == 0:
            continue
        of_user = [sum(part for who, part in metric if who == user) for user in users]
        if sum(part != 0 for part in of_user) < 2 or total < 2 * max(of_user):
            return False
    return True
