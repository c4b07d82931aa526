"""Parts below zero: whoever has more than half is seen, and nobody is made up by what cancels."""

import random
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest

from metatron.apps.amc.sandbox import columns
from metatron.apps.amc.sandbox.thresholds import Filtering, Privacy
from tests.apps.amc.conftest import Local
from tests.apps.amc.test_shares import Row, population
from tests.apps.amc.test_shares_spared import BY_HAND

COST = "SUM(impression_cost)"
CASES: dict[str, tuple[str, list[tuple[int | None, int]], bool]] = {
    # Users 3 and 6 are of one kind of the first look, and cancel each other out there.
    "one hides behind who takes it away": (COST, [(3, 100), (6, -100), (1, 15), (4, 15)], False),
    "one takes away more than all others": (COST, [(1, -100), (2, 10), (3, 10), (5, 10)], False),
    "one has most of what was lost": (COST, [(1, -90), (2, -5), (3, -5)], False),
    "one has most, turned round": (f"-{COST}", [(1, 90), (2, 5), (3, 5)], False),
    "one has most, scaled round": (f"{COST} * -0.5", [(1, 90), (2, 5), (3, 5)], False),
    "one has most, taken off": (
        f"COUNT(device_type) - {COST}", [(1, 90), (2, 5), (3, 5)], False,
    ),
    "nothing is left of two": (COST, [(1, 5), (2, -5)], False),
    "nothing is left of the unknown": (COST, [(1, 5), (2, 5), (None, -10)], False),
    "two lost as much": (COST, [(1, -5), (2, -5)], True),
    "two of three with one against them": (COST, [(1, 40), (2, 40), (3, 40), (4, -1)], True),
    "nobody has any": (COST, [(1, 0), (2, 0)], True),
}  # fmt: skip


def costs(each: list[tuple[int | None, int]]) -> list[Row]:
    return [(user, (user or 99) * 16384 + n, 0, cost) for n, (user, cost) in enumerate(each)]


@pytest.mark.parametrize("name", CASES)
def test_who_stands_out_does_not_leave(tmp_path: Path, name: str) -> None:
    metric, given, leaves = CASES[name]
    local = population(tmp_path, costs(given))
    text = f"SELECT campaign_id, {metric} AS n FROM dsp_impressions GROUP BY campaign_id"
    assert len(local.ask(text, privacy=Privacy())) == leaves
    told = Privacy(Filtering.REMOVE_VALUES, "filtered", "du_count", "why")
    ((*_, filtered, _, why),) = local.ask(text, privacy=told)
    assert (filtered, why is None) == (not leaves, leaves)


@pytest.mark.parametrize("default", ["1", "0.001", "-7"])
def test_a_default_makes_nobody_a_user(tmp_path: Path, default: str) -> None:
    """One user has a cost; the other's is unknown, whatever is shown in its place."""
    local = population(tmp_path, costs([(1, 8), (2, 0), (2, 0)]))
    metric = f"COALESCE(SUM(NULLIF(impression_cost, 0)), {default})"
    text = f"SELECT campaign_id, {metric} AS n FROM dsp_impressions GROUP BY campaign_id"
    assert local.ask(text, privacy=Privacy()) == []


CAMPAIGNS = 24
METRICS = (COST, f"-{COST}", f"{COST} - COUNT(*)", f"COALESCE({COST}, 3) * -2 + COUNT(*)")


def _shown(metric: int, parts: list[int]) -> int:
    """The metric by hand, of these rows."""
    cost, rows = sum(parts), len(parts)
    return (cost, -cost, cost - rows, cost * -2 + rows)[metric]


def _leaves(metric: int, rows: list[tuple[int | None, int]], need: int) -> bool:
    of_user: dict[int, list[int]] = defaultdict(list)
    for user, cost in rows:
        if user is not None:
            of_user[user].append(cost)
    shares = [abs(_shown(metric, parts)) for parts in of_user.values()]
    total = abs(_shown(metric, [cost for _, cost in rows]))
    if len(shares) < need:
        return False
    if total and sum(share != 0 for share in shares) < need:
        return False
    return not any(shares) or total >= 2 * max(shares)


@pytest.mark.parametrize("metric", range(len(METRICS)))
@pytest.mark.parametrize("seed", range(3))
def test_the_same_as_by_hand(tmp_path: Path, seed: int, metric: int) -> None:
    draw = random.Random(seed)
    rows: list[Row] = []
    for number in range(180):
        campaign = draw.randrange(CAMPAIGNS)
        user = None if draw.random() < 0.1 else campaign * 20 + draw.randrange(9)
        cost = draw.choice((-50, -2, -1, 0, 1, 1, 2, 3))
        rows.append((user, (user or 0) * 16384 + number, campaign, cost))
    text = f"SELECT campaign_id, {METRICS[metric]} AS n FROM dsp_impressions GROUP BY campaign_id"
    kept = population(tmp_path, rows).ask(text, privacy=Privacy())
    expected = {
        number
        for number in range(CAMPAIGNS)
        if _leaves(metric, [(user, cost) for user, _, of, cost in rows if of == number], 2)
    }
    assert {(key - 390_000_000_000) // 7_919 for key, _ in kept} == expected
    assert 0 < len(expected) < CAMPAIGNS


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> tuple[Local, list[tuple[str, Row]]]:
    """Towns of a hundred and more; in some one has it all, in some it comes to nothing."""
    city = columns.person("(own * 16384)")["city_name"]
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select {city} as c, min(own) from range(4000) t(own) group by 1 order by 2 limit 12"
        ).fetchall()
    draw, rows = random.Random(7), list[tuple[str, Row]]()
    for town, (name, own) in enumerate(found):
        costs = ((-1, 1, 2), (-3, -2), (1, 4), (-1, 0, 1))[town % 4]
        for number in range((99, 130, 140)[town % 3]):
            cost = 4000 if town % 5 == 0 and number < 2 else draw.choice(costs)
            # The two large ones are of one kind, and against each other.
            user = town * 3_000 + 3 * number
            signed = -cost if number == 1 else cost
            rows.append((name, (user, own * 16384 + number, 0, signed)))
    folder = tmp_path_factory.mktemp("signed")
    return population(folder, [row for _, row in rows]), rows


@pytest.mark.parametrize("metric", range(len(METRICS)))
def test_a_hundred_users_either_way(
    towns: tuple[Local, list[tuple[str, Row]]], metric: int
) -> None:
    """In two steps by user, and in one with a second look: both as by hand."""
    local, rows = towns
    by_town: dict[str, list[tuple[int | None, int]]] = defaultdict(list)
    for name, (user, _, _, cost) in rows:
        by_town[name].append((user, cost))
    expected = {name for name, mine in by_town.items() if _leaves(metric, mine, 100)}
    for more in ("", BY_HAND):
        text = f"SELECT city_name, {METRICS[metric]} AS n{more} FROM dsp_impressions GROUP BY 1"
        assert {row[0] for row in local.ask(text, privacy=Privacy())} == expected, more
    assert 0 < len(expected) < len(by_town)
