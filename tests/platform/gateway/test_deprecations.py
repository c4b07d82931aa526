"""Who still calls what is on its way out: counted with their application, reported by route."""

from dataclasses import replace
from datetime import date

import pytest
from fastapi import FastAPI

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.http.access import signed_in
from metatron.kernel.http.deprecation import deprecated
from metatron.kernel.http.routing import Router
from metatron.kernel.ids import new_id
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings
from metatron.kernel.telemetry.deprecated_calls import take_callers
from metatron.platform.gateway.admin_deprecation_routes import router as report_router
from metatron.platform.gateway.deprecations import write_callers
from tests.doorkeeper import application, client_of

router = Router()


@router.get("/old-things/{thing}")
@signed_in()
@deprecated(since=date(2026, 1, 1), sunset=date(2026, 9, 1), link="https://metatron.test/old")
async def get_old_thing(thing: str) -> dict[str, str]:
    return {"thing": thing}


@router.get("/old-but-quiet")
@signed_in()
@deprecated(since=date(2026, 1, 1), sunset=date(2026, 8, 1))
async def get_quiet() -> dict[str, str]:
    return {}


@router.get("/new-things")
@signed_in()
async def get_new_things() -> dict[str, str]:
    return {}


@pytest.fixture
def app(settings: Settings, database: Database) -> FastAPI:
    module = Module(name="things", title="", routers=(router, report_router))
    app = application(settings, database, [module])
    app.state.gate.known["operator"] = replace(
        system_context(), permissions=frozenset({"status:read"})
    )
    take_callers()
    return app


async def _report(app: FastAPI) -> dict[str, dict[str, object]]:
    async with client_of(app, "operator") as client:
        answer = await client.get("/api/v1/admin/deprecations")
    assert answer.status_code == 200, answer.text
    return {item["route"]: item for item in answer.json()["items"]}


async def test_callers_are_counted_by_application(app: FastAPI) -> None:
    tenant_id, application_id = new_id(), new_id()
    person = replace(system_context(tenant_id), actor_kind="user")
    app.state.gate.known["person"] = person
    app.state.gate.known["program"] = replace(person, application_id=application_id)
    for name, times in (("program", 2), ("person", 1)):
        async with client_of(app, name) as client:
            for number in range(times):
                answer = await client.get(f"/api/v1/old-things/{number}")
                assert "sunset" in answer.headers
            await client.get("/api/v1/new-things")
    pool = app.state.database.system
    assert await write_callers(pool) == 2
    assert await write_callers(pool) == 0, "what was written is not written again"
    found = await _report(app)
    assert set(found) == {"/api/v1/old-things/{thing}", "/api/v1/old-but-quiet"}
    told = found["/api/v1/old-things/{thing}"]
    assert (told["since"], told["sunset"], told["method"]) == ("2026-01-01", "2026-09-01", "GET")
    callers: list[dict[str, object]] = told["callers"]  # type: ignore[assignment]
    mine = [
        (caller["application_id"], caller["calls"])
        for caller in callers
        if caller["tenant_id"] == str(tenant_id)
    ]
    assert mine == [(str(application_id), 2), (None, 1)]


async def test_a_route_nobody_calls_is_reported_too(app: FastAPI) -> None:
    quiet = (await _report(app))["/api/v1/old-but-quiet"]
    assert (quiet["calls"], quiet["callers"]) == (0, [])
