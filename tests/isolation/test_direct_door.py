"""Every statement that the API sends through the direct door binds its tenant before it reads."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import orjson
import pytest
from fastapi import FastAPI

from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND, DirectDoor
from metatron.kernel.settings import Settings

from .catalogue import tenant_tables
from .realms import Pair
from .samples import operations

Sent = dict[str, tuple[Any, ...]]
SCANS = {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan"}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, database: Database) -> Sent:
    """Statements sent as the application's role, with their arguments, while the test runs."""
    found: Sent = {}

    def listen(name: str) -> None:
        original = getattr(DirectDoor, name)

        async def listening(door: DirectDoor, context: Any, sql: str, *arguments: Any) -> Any:
            if door.pool is not database.system:
                found[sql] = (str(context.tenant_id), *arguments)
            return await original(door, context, sql, *arguments)

        monkeypatch.setattr(DirectDoor, name, listening)

    for name in ("json", "row", "rows"):
        listen(name)
    return found


async def _read_everything(app: FastAPI, pair: Pair) -> None:
    for method, path, operation in operations(app.openapi()):
        if method != "GET" or operation["x-access"] == "operator":
            continue
        where, query = path, {}
        for parameter in operation.get("parameters", []):
            name = parameter["name"]
            if parameter["in"] == "path":
                where = where.replace("{" + name + "}", pair.a.one(name))
            elif parameter.get("required"):
                query[name] = pair.a.one(name)
        address = pair.a.door.settings.public_url + where
        await pair.a.client.get(address, params=query)


@pytest.fixture
async def hand(settings: Settings) -> Any:
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    yield connection
    await connection.close()


async def test_statements_bind_before_they_read(
    app: FastAPI, pair: Pair, sent: Sent, hand: Any, settings: Settings
) -> None:
    await _read_everything(app, pair)
    owner = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    tables = await tenant_tables(owner)
    await owner.close()
    assert len(sent) > 15
    full = 0
    for sql, arguments in sent.items():
        async with hand.transaction():
            assert not await hand.fetchval("select current_setting('app.tenant_id', true)")
            # The second time the tenant is bound beforehand: the first must have found no less.
            unbound = [tuple(row) for row in await hand.fetch(sql, *arguments)]
            bound = [tuple(row) for row in await hand.fetch(sql, *arguments)]
        assert unbound == bound, sql
        async with hand.transaction():
            plan = orjson.loads(
                await hand.fetchval(f"explain (analyze, verbose, format json) {sql}", *arguments)
            )[0]["Plan"]
        nodes = list(_nodes(plan))
        binding = [node for node in nodes if node.get("Subplan Name") == "CTE bound"]
        assert len(binding) == 1, sql
        assert binding[0]["Actual Loops"] == 1, sql
        for node in nodes:
            table = f"{node.get('Schema')}.{node.get('Relation Name')}"
            if node["Node Type"] in SCANS and table in tables:
                tests = " ".join(str(node.get(key, "")) for key in ("Index Cond", "Filter"))
                assert "tenant_id" in tests or node["Node Type"] == "Bitmap Heap Scan", (sql, node)
                full += node["Actual Rows"] * node["Actual Loops"] > 0
    assert full > 10


async def test_no_statement_needs_a_table_whole(
    app: FastAPI, pair: Pair, sent: Sent, hand: Any, settings: Settings
) -> None:
    """Each scan of a tenant's table can go by an index, and the index begins with the tenant.

    What a plan of few rows chooses tells nothing, so sequential scans are put last: one that is
    still there has no index that serves it.
    """
    await _read_everything(app, pair)
    owner = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    tables = await tenant_tables(owner)
    await owner.close()
    whole, scans = [], 0
    for sql, arguments in sent.items():
        async with hand.transaction():
            await hand.execute("set local enable_seqscan = off; set local plan_cache_mode = auto")
            told = await hand.fetchval(f"explain (verbose, format json) {sql}", *arguments)
        for node in _nodes(orjson.loads(told)[0]["Plan"]):
            table = f"{node.get('Schema')}.{node.get('Relation Name')}"
            if table not in tables:
                continue
            scans += 1
            by = str(node.get("Index Cond", "")) + str(node.get("Recheck Cond", ""))
            if "tenant_id" not in by:
                whole.append((table, node["Node Type"], by, sql[:2_000]))
    assert scans > 40
    assert not whole, "\n\n".join(str(each) for each in whole)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


async def test_a_plan_that_read_first_would_see_nothing(pair: Pair, hand: Any) -> None:
    """Row-level security stands behind the order: reading before binding finds no row at all."""
    wrong = (
        "with rows as materialized (select count(*) n from kernel.event),"
        " late as materialized (select set_config('app.tenant_id', $1, true) t from rows)"
        " select n from rows, late"
    )
    assert await hand.fetchval(wrong, str(pair.b.tenant_id)) == 0
    right = f"{BOUND} select n from bound, lateral (select count(*) n from kernel.event where"
    assert await hand.fetchval(f"{right} tenant_id = bound.t::uuid) r", str(pair.a.tenant_id)) > 0


async def test_a_statement_that_does_not_bind_is_not_sent(database: Database, pair: Pair) -> None:
    from metatron.kernel.context import system_context

    context = system_context(pair.a.tenant_id)
    door = await database.direct(context)
    with pytest.raises(AssertionError):
        await door.json(context, "select count(*)::text from kernel.event")
