"""How the library's lists are read when there is much in it."""

import hashlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from metatron.apps.amc.library import queries
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from tests.apps.amc.library.filled import fill

WORKFLOW = UUID(hashlib.md5(b"w1").hexdigest())
ACTOR = new_id()
LONGEST_SCAN = 10_000
ASKED = {
    "first page": (queries.WORKFLOWS, (None, None, None, None, False, None, None, None, 51, None)),
    "words": (
        queries.WORKFLOWS,
        ("workflow 99", None, None, None, False, None, None, None, 51, None),
    ),
    "folder": (
        queries.WORKFLOWS,
        (None, "Folder 3", None, None, False, None, None, None, 51, None),
    ),
    "favourites": (queries.WORKFLOWS, (None, None, None, None, False, True, None, None, 51, None)),
    "one": (queries.WORKFLOW, (WORKFLOW, None)),
    "one without grants": (queries.WORKFLOW, (WORKFLOW, [ACTOR])),
    "versions": (queries.VERSIONS, (WORKFLOW, None, 51)),
    "texts": (queries.TEXTS, (WORKFLOW, [1, 2])),
    "sets": (queries.PARAMETER_SETS, (WORKFLOW,)),
    "folders": (queries.FOLDERS, ()),
    "tags": (queries.TAGS, ()),
}


@pytest.fixture
async def hand(committed_database: tuple[Settings, Database]) -> Any:
    settings, _ = committed_database
    tenant = new_id()
    owner = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    await fill(owner, tenant)
    await owner.close()
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    yield connection, tenant
    await connection.close()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


async def test_no_list_reads_a_long_table_whole(hand: Any) -> None:
    connection, tenant = hand
    for name, (sql, arguments) in ASKED.items():
        async with connection.transaction():
            told = await connection.fetchval(
                f"explain (analyze, format json) {sql}", str(tenant), ACTOR, *arguments
            )
        for node in nodes(orjson.loads(told)[0]["Plan"]):
            read = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)
            is_read = node.get("Actual Loops", 0) > 0
            assert not is_read or node.get("Relation Name") != "run", (name, node)
            assert node["Node Type"] != "Seq Scan" or read <= LONGEST_SCAN, (name, node)
    async with connection.transaction():
        page = await connection.fetchval(
            queries.WORKFLOWS, str(tenant), ACTOR, *ASKED["first page"][1]
        )
    assert len(orjson.loads(page)) == 51
