"""The static check bears any text: what would take minutes is refused, or helped less."""

import asyncio
import time

import pytest
from starlette.requests import Request

from metatron.apps.amc.language.checking import MOST_TABLES, TOO_LARGE, Checking, check
from metatron.apps.amc.language.findings import Stopped
from metatron.apps.amc.language.scope import MOST_HELPED
from metatron.apps.amc.workbench.routes import check_query
from metatron.apps.amc.workbench.schemas import CheckBody

MANY = ", ".join(f"kampain{number}" for number in range(100))


def test_who_errs_all_over_gets_no_suggestion_for_each() -> None:
    found = check(f"SELECT {MANY} FROM dsp_views", Checking()).report.findings
    helped = [each for each in found if "did you mean" in each.message]
    assert len(found) >= 100
    assert 1 <= len(helped) <= MOST_HELPED


@pytest.mark.parametrize(
    "text",
    [
        "SELECT COUNT(*) AS n FROM dsp_views AS t0"
        + "".join(f" JOIN dsp_views AS t{n} ON t{n}.campaign = t0.campaign" for n in range(1, 102)),
        "SELECT SUM(" + "1+" * 11_000 + "1) AS n FROM dsp_views",
        "SELECT " + ", ".join(["campaign"] * 11_000) + " FROM dsp_views",
    ],
)
def test_what_is_larger_than_any_query_is_refused(text: str) -> None:
    checked = check(text, Checking())
    assert checked.refused
    assert [each.code for each in checked.report.findings] == ["AMC022"]


def test_a_large_query_is_looked_at() -> None:
    joins = "".join(
        f" JOIN dsp_views AS t{n} ON t{n}.campaign = t0.campaign" for n in range(1, MOST_TABLES)
    )
    checked = check(f"SELECT COUNT(*) AS n FROM dsp_views AS t0{joins}", Checking())
    assert "AMC022" not in {each.code for each in checked.report.findings}


@pytest.mark.parametrize(
    "body",
    [
        "SELECT a.x AS x FROM {0} a JOIN {0} b ON a.x = b.x",
        "SELECT x FROM {0} UNION ALL SELECT x FROM {0}",
    ],
)
def test_names_that_read_one_another_twice_do_not_fill_the_memory(body: str) -> None:
    """Thirty short lines: each doubles what the one before it reads."""
    names = ["n0 AS (SELECT campaign AS x FROM dsp_impressions)"]
    names += [f"n{n} AS ({body.format(f'n{n - 1}')})" for n in range(1, 30)]
    text = f"WITH {', '.join(names)} SELECT x, COUNT(*) AS c FROM n29 GROUP BY x"
    begun = time.process_time()
    checked = check(text, Checking())
    assert time.process_time() - begun < 5
    assert [(each.code, each.message) for each in checked.report.findings][-1] == (
        "AMC022",
        TOO_LARGE,
    )
    assert checked.bound is None


@pytest.mark.parametrize(
    "text", ["SELECT {0}* FROM dsp_views", "WITH n AS (SELECT {1}) SELECT {0}* FROM n"]
)
def test_stars_that_stand_for_millions_of_columns_are_refused(text: str) -> None:
    columns = ", ".join(f"campaign AS c{number}" for number in range(2_000))
    begun = time.process_time()
    checked = check(text.format("*, " * 4_000, f"{columns} FROM dsp_views"), Checking())
    assert time.process_time() - begun < 5
    assert TOO_LARGE in {each.message for each in checked.report.findings}
    assert checked.bound is None


_NAMES = ["n0 AS (SELECT campaign AS x FROM dsp_impressions)"] + [
    f"n{n} AS (SELECT a.x AS x FROM n{n - 1} a JOIN n{n - 1} b ON a.x = b.x)" for n in range(1, 10)
]
LONG = {
    "paths": f"WITH {', '.join(_NAMES)} SELECT x, COUNT(*) AS c FROM n9 GROUP BY x",
    "stars": f"WITH n AS (SELECT {', '.join(f'campaign AS c{n}' for n in range(150))}"
    " FROM dsp_views) SELECT *, *, *, * FROM n",
    "findings": f"SELECT {MANY} FROM dsp_views",
}
MORE = ", ".join(f"campaign AS d{n}" for n in range(1_050))
VERY_LONG = LONG["stars"].replace("c149", f"c149, {MORE}")


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_it_ends_wherever_nobody_waits_any_more(name: str, share: float) -> None:
    asked = 0

    def counted() -> bool:
        nonlocal asked
        asked += 1
        return False

    check(LONG[name], Checking(is_stopped=counted)).as_json()
    assert asked > 100
    left = int(asked * share)

    def stopped() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    with pytest.raises(Stopped):
        check(LONG[name], Checking(is_stopped=stopped)).as_json()
    assert left == -1, "it asked no further"


def test_its_thread_ends_with_the_answer_that_took_too_long() -> None:
    """As at the edge, which cancels what is late and answers 504."""
    # Looked into for the tables of a client only, and the text names none.
    request = Request({"type": "http"})

    async def given_up() -> float:
        answering = asyncio.create_task(check_query(CheckBody(sql=VERY_LONG), request))
        await asyncio.sleep(0.5)
        answering.cancel()
        begun = time.monotonic()
        await asyncio.gather(answering, return_exceptions=True)
        await asyncio.get_running_loop().shutdown_default_executor()
        return time.monotonic() - begun

    assert asyncio.run(given_up()) < 3, "all of it takes several times as long"
