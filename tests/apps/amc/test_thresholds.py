"""Aggregation thresholds: exact, by path, in every shape a query can have."""

# ruff: noqa: ISC004 - long queries are written over several lines

from pathlib import Path

import duckdb
import pytest

from metatron.apps.amc.sandbox.planning import Refused
from metatron.apps.amc.sandbox.thresholds import Filtering, Privacy
from tests.apps.amc.conftest import Local

ROWS = Privacy()
VALUES = Privacy(Filtering.REMOVE_VALUES)
TOLD = Privacy(Filtering.REMOVE_VALUES, "filtered", "users", "why")


@pytest.fixture
def tiny(tmp_path: Path) -> Local:
    """Campaign 0 has three users, 1 two, 2 one; campaign 3 one user and two unknown events."""
    people = {0: [1, 2, 3], 1: [4, 5], 2: [6], 3: [7, None, None]}
    rows = [
        (user, number * 16384 + place, campaign)
        for campaign, users in people.items()
        for number, user in enumerate(users, campaign * 10)
        for place in range(2)
    ]
    (tmp_path / "dsp").mkdir()
    with duckdb.connect() as connection:
        connection.execute("create table t (_user bigint, event bigint, campaign utinyint)")
        connection.executemany("insert into t values ($1, $2, $3)", rows)
        connection.execute(
            "copy (select *, 0::utinyint as creative, timestamp '2026-09-01 12:00:00' as ts,"
            f" 500 as cost, true as seen from t) to '{tmp_path}/dsp/p.parquet'"
        )
    return Local(tmp_path)


def test_single_events_leave_without_controls(tiny: Local) -> None:
    text = "SELECT user_id, campaign_id, impressions FROM dsp_impressions"
    with pytest.raises(Refused, match="AMC007"):
        tiny.ask(text, privacy=ROWS)
    rows = tiny.ask(text, privacy=Privacy(enforced=False), controls=False)
    assert len(rows) == 18
    assert len({row[0] for row in rows if row[0] is not None}) == 7


SHAPES = [
    "SELECT campaign_id AS c, COUNT(*) AS n FROM dsp_impressions GROUP BY campaign_id",
    "WITH u AS (SELECT user_id, campaign_id, COUNT(*) AS n FROM dsp_impressions GROUP BY 1, 2)"
    " SELECT campaign_id AS c, SUM(n) AS n FROM u GROUP BY 1",
    "WITH e AS (SELECT request_tag, campaign_id, COUNT(*) AS n FROM dsp_impressions GROUP BY 1, 2)"
    " SELECT campaign_id AS c, SUM(n) AS n FROM e GROUP BY 1",
    "SELECT c, SUM(n) AS n FROM (SELECT campaign_id AS c, COUNT(*) AS n FROM dsp_impressions"
    " GROUP BY campaign_id) x GROUP BY c",
    "WITH a AS (SELECT campaign_id AS c, COUNT(*) AS n FROM dsp_impressions GROUP BY 1)"
    " SELECT c, n FROM a",
    "SELECT DISTINCT campaign_id AS c, 1 AS n FROM dsp_impressions",
    "SELECT campaign_id AS c, COUNT(*) AS n FROM dsp_impressions WHERE campaign_id > 0 GROUP BY 1"
    " UNION ALL SELECT campaign_id, COUNT(*) AS n FROM dsp_impressions WHERE campaign_id < 0"
    " GROUP BY 1",
    "SELECT campaign_id AS c, COUNT(*) AS n FROM dsp_impressions GROUP BY 1"
    " UNION SELECT campaign_id, COUNT(*) AS n FROM dsp_impressions GROUP BY 1",
    "SELECT a.campaign_id AS c, COUNT(*) AS n FROM dsp_impressions a JOIN dsp_impressions b"
    " ON a.user_id = b.user_id GROUP BY 1",
]  # fmt: skip


@pytest.mark.parametrize("text", SHAPES)
def test_rows_of_fewer_than_two_users_do_not_leave(tiny: Local, text: str) -> None:
    numbers = sorted((row[0] - 390_000_000_000) // 7_919 for row in tiny.ask(text, privacy=ROWS))
    assert numbers == [0, 1]
    assert len(tiny.ask(text)) == 4


@pytest.mark.parametrize("users", [99, 100, 101])
@pytest.mark.parametrize(
    "text",
    [
        "SELECT campaign_id AS c, MAX(impression_dt_utc) AS last FROM dsp_impressions GROUP BY 1",
        "WITH d AS (SELECT impression_hour AS h, campaign_id AS c, request_tag,"
        " MAX(impression_dt_utc) AS last FROM dsp_impressions GROUP BY 1, 2, 3),"
        " e AS (SELECT c, h, MAX(last) AS last FROM d GROUP BY 1, 2)"
        " SELECT c, MAX(last) AS last FROM e GROUP BY c",
        "SELECT c, MAX(last) AS last FROM (SELECT DISTINCT campaign_id AS c,"
        " impression_dt_utc AS last FROM dsp_impressions) x GROUP BY c",
    ],
)
def test_a_hundred_users_are_counted_exactly(tmp_path: Path, users: int, text: str) -> None:
    (tmp_path / "dsp").mkdir()
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select u as _user, u * 16384 + k as event, 0::utinyint as campaign,"
            " 0::utinyint as creative, timestamp '2026-09-01 12:00:00' as ts, 5 as cost,"
            f" true as seen from range({users}) a(u), range(3) b(k))"
            f" to '{tmp_path}/dsp/p.parquet'"
        )
    assert len(Local(tmp_path).ask(text, privacy=ROWS)) == (users >= 100)


def test_values_are_nulled_and_their_metrics_added_up(tiny: Local) -> None:
    rows = tiny.ask(SHAPES[0], privacy=VALUES)
    assert sorted((row[0] is None, row[1]) for row in rows) == [(False, 4), (False, 6), (True, 8)]
    assert (
        sum(row[1] for row in rows) == tiny.ask("SELECT COUNT(*) AS n FROM dsp_impressions")[0][0]
    )


def test_what_was_filtered_is_told(tiny: Local) -> None:
    told = {row[1]: row[2:] for row in tiny.ask(SHAPES[0], privacy=TOLD)}
    assert told[6] == (False, 2, None)
    assert told[8] == (True, 1, "1 'dsp_impressions' users < 2 required")


def test_reasons_number_the_readings_of_one_table(tiny: Local) -> None:
    told = tiny.ask(SHAPES[8], privacy=TOLD)
    (why,) = {row[4] for row in told if row[2]}
    assert why == (
        "1 'dsp_impressions' (path 1 of 2) users < 2 required;"
        " 1 'dsp_impressions' (path 2 of 2) users < 2 required"
    ) or why.startswith("1 'dsp_impressions' (path 1 of 2) users < 2 required")


def test_a_path_without_users_is_not_held_against_the_others(tiny: Local) -> None:
    text = (
        "WITH a AS (SELECT user_id, 1 AS shown FROM dsp_impressions WHERE user_id IS NOT NULL"
        " GROUP BY 1), b AS (SELECT user_id, 1 AS seen FROM dsp_impressions"
        " WHERE user_id IS NOT NULL AND campaign_id = 390000000000 GROUP BY 1)"
        " SELECT shown, seen, COUNT(DISTINCT a.user_id) AS n FROM a FULL OUTER JOIN b"
        " ON a.user_id = b.user_id GROUP BY 1, 2"
    )
    assert sorted(tiny.ask(text, privacy=ROWS), key=str) == [(1, 1, 3), (1, None, 4)]


def test_filtering_never_adds(seeded: Local) -> None:
    text = "SELECT postal_code, creative, SUM(impressions) AS n FROM dsp_impressions GROUP BY 1, 2"
    plain, rows, values = (
        seeded.ask(text, privacy=p) for p in (Privacy(enforced=False), ROWS, VALUES)
    )
    total = sum(row[2] for row in plain)
    assert sum(row[2] for row in rows) <= total
    assert sum(row[2] for row in values) == total
    assert len(rows) <= len(values) <= len(plain)


def test_every_row_that_leaves_has_its_users(seeded: Local) -> None:
    text = (
        "SELECT campaign, dma_code, impression_hour, COUNT(DISTINCT user_id) AS users"
        " FROM dsp_impressions GROUP BY 1, 2, 3"
    )
    plain, kept = seeded.ask(text), seeded.ask(text, privacy=ROWS)
    assert sorted(kept) == sorted(row for row in plain if row[3] >= 2)
    assert len(kept) < len(plain)
