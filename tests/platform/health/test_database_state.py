"""What PostgreSQL says of itself; what it does not say is null."""

from dataclasses import replace

import pytest
from fastapi import FastAPI

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.health.module import MODULE
from tests.doorkeeper import application, client_of


@pytest.fixture
def app(settings: Settings, database: Database) -> FastAPI:
    app = application(settings, database, [MODULE])
    app.state.gate.known["operator"] = replace(
        system_context(), permissions=frozenset({"status:read"})
    )
    return app


async def test_sizes_connections_and_pools_are_measured(app: FastAPI) -> None:
    async with client_of(app, "operator") as client:
        answer = await client.get("/api/v1/admin/database")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["server"]["size_bytes"] > 1_000_000
    assert 0 < found["server"]["connections"] <= found["server"]["max_connections"]
    assert "metatron_system" in {role["role"] for role in found["roles"]}
    pools = {pool["name"]: pool for pool in found["pools"]}
    assert set(pools) == {"system", "sessions", "direct", "dedicated"}
    assert pools["system"]["most"] == 8 + 4
    assert all(0 <= pool["in_use"] <= pool["open"] <= pool["most"] for pool in pools.values())
    sizes = [table["bytes"] for table in found["tables"]]
    assert sizes == sorted(sizes, reverse=True) != []


async def test_what_nothing_measures_is_null(app: FastAPI) -> None:
    async with client_of(app, "operator") as client:
        found = (await client.get("/api/v1/admin/database")).json()
    assert found["replicas"] is None, "no server follows the tests' one"
    assert found["statements"] is None, "the extension is not installed"


async def test_it_is_for_operators(app: FastAPI) -> None:
    async with client_of(app) as client:
        assert (await client.get("/api/v1/admin/database")).status_code == 401
