"""How lists of runs are read when there are many: by an index, never one after the other."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from metatron.apps.amc.runs import queries
from metatron.apps.amc.runs.home_queries import HOME
from metatron.kernel.clock import utc_now
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from tests.apps.amc.library.filled import fill

WORKFLOW = UUID(hashlib.md5(b"w1").hexdigest())
ANY = (None, None, None, None, None, None, None, None, 51, None, None, None)
"""Nothing asked for in particular, by somebody who may see every client."""

MIDDLE = UUID(int=1 << 127)


def deep(key: str) -> tuple[Any, ...]:
    """Behind a row of this key in the middle of all."""
    return (*ANY[:6], key, MIDDLE, *ANY[8:])


LONGEST_READ = 1_000
RUNS, _ = queries.runs("-created_at")
ASKED = {
    "first page": (RUNS, ANY),
    "by name": (queries.runs("name")[0], ANY),
    "by rows": (queries.runs("-row_count")[0], ANY),
    "by size": (queries.runs("-size_bytes")[0], ANY),
    "of a workflow": (queries.runs("-created_at", "workflow_id")[0], (None, WORKFLOW, *ANY[2:])),
    "in a state": (queries.runs("-created_at", "state")[0], (None, None, "failed", *ANY[3:])),
    "of an origin": (queries.runs("-created_at", "origin_id")[0], (*ANY[:4], WORKFLOW, *ANY[5:])),
    "deep by name": (queries.runs("name", deep=True)[0], deep("run 5")),
    "deep by name, back": (queries.runs("-name", deep=True)[0], deep("run 5")),
    "deep by rows": (queries.runs("row_count", deep=True)[0], deep("6")),
    "deep by size": (queries.runs("-size_bytes", deep=True)[0], deep("0")),
    "deep by time": (
        queries.runs("-created_at", deep=True)[0],
        deep((utc_now() - timedelta(seconds=50_000)).isoformat()),
    ),
    "by days": (
        queries.runs("-created_at", by_days=True)[0],
        (*ANY[:10], utc_now() - timedelta(seconds=60_000), utc_now() - timedelta(seconds=50_000)),
    ),
    "one": (queries.RUN, (UUID(hashlib.md5(b"r1").hexdigest()), None)),
}


@pytest.fixture
async def hand(committed_database: tuple[Settings, Database]) -> Any:
    settings, _ = committed_database
    tenant = new_id()
    owner = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    await fill(owner, tenant)
    await owner.execute(
        "update amc.run set state = 'failed', finished_at = now()"
        " where name in ('Run 5', 'Run 1005', 'Run 70000')"
    )
    await owner.execute("analyze amc.run")
    await owner.close()
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    yield connection, tenant
    await connection.close()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


async def test_lists_read_what_they_show(hand: Any) -> None:
    connection, tenant = hand
    for name, (sql, arguments) in ASKED.items():
        async with connection.transaction():
            told = await connection.fetchval(
                f"explain (analyze, format json) {sql}", str(tenant), *arguments
            )
        for node in nodes(orjson.loads(told)[0]["Plan"]):
            read = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)
            read *= node.get("Actual Loops", 1)
            assert node.get("Relation Name") != "run" or read <= LONGEST_READ, (name, node)


async def test_a_deep_page_begins_in_the_index(hand: Any) -> None:
    """What lies before the page is not read, and not thrown away either."""
    connection, tenant = hand
    for name, (sql, arguments) in ASKED.items():
        if not name.startswith("deep"):
            continue
        async with connection.transaction():
            told = await connection.fetchval(
                f"explain (analyze, format json) {sql}", str(tenant), *arguments
            )
            page = orjson.loads(await connection.fetchval(sql, str(tenant), *arguments))
        assert len(page) == 51, name
        scans = [
            node for node in nodes(orjson.loads(told)[0]["Plan"])
            if node.get("Relation Name") == "run"
        ]  # fmt: skip
        [scan] = scans
        assert scan["Node Type"].startswith("Index"), (name, scan)
        assert "ROW(" in scan["Index Cond"], (name, scan)
        assert scan.get("Rows Removed by Filter", 0) == 0, (name, scan)


async def test_words_are_looked_for_in_names_of_runs_clients_and_workflows(hand: Any) -> None:
    connection, tenant = hand
    found = {}
    for words in ("run 9999", "WORKFLOW 999", "one", "n 9999_", "100%"):
        arguments = (str(tenant), *ANY[:5], words, *ANY[6:])
        async with connection.transaction():
            page = orjson.loads(await connection.fetchval(RUNS, *arguments))
        found[words] = [each["name"] for each in page]
    assert found["run 9999"] == ["Run 9999", *(f"Run {n}" for n in range(99_990, 100_000))]
    assert found["WORKFLOW 999"][:2] == ["Run 998", "Run 1998"]
    assert found["one"][:2] == ["Run 1", "Run 2"]
    assert found["n 9999_"] == found["100%"] == []


async def test_home_tells_what_failed_last_and_was_not_made_good(hand: Any) -> None:
    connection, tenant = hand
    async with connection.transaction():
        told = orjson.loads(await connection.fetchval(HOME, str(tenant), None))
    # Every workflow has a hundred runs, and n stands for n seconds ago: later ones follow on the
    # 1,005th and the 70,000th of theirs, none on the 5th.
    assert [each["name"] for each in told["failing"]] == ["Run 5"]
    assert told["success_7d"] == {"succeeded": 99_997, "failed": 3}
