"""The Cube: calls are counted where they happen; what is not measured has no figure."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from fastapi import FastAPI

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.kernel.events.jobs import Job, enqueue
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.relay import Relay
from metatron.kernel.events.runner import Runner
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings
from metatron.kernel.telemetry.calls import DATABASE, STREAM, Calls, take_pairs, take_routes
from metatron.kernel.telemetry.metrics import hand_on_requests
from metatron.platform.health.calls import by_module, write_calls
from metatron.platform.health.circles import CIRCLES, level_of
from metatron.platform.health.module import MODULE, doctor_of
from metatron.platform.health.picture import pictures_of
from tests.doorkeeper import application, client_of


@pytest.fixture
def app(committed_database: tuple[Settings, Database]) -> FastAPI:
    settings, database = committed_database
    app = application(settings, database, [MODULE])
    app.state.doctor = doctor_of(settings, database.system, [])
    app.state.gate.known["operator"] = replace(
        system_context(), permissions=frozenset({"status:read"})
    )
    hand_on_requests()
    take_routes()
    take_pairs()
    return app


async def _cube(app: FastAPI) -> dict[str, dict[str, object]]:
    app.state.database.keep(pictures_of).forget()
    async with client_of(app, "operator") as client:
        answer = await client.get("/api/v1/admin/status")
    assert answer.status_code == 200, answer.text
    found = answer.json()["cube"]
    circles = {circle["name"]: circle for circle in found["circles"]}
    lines = {f"{line['source']}>{line['target']}": line for line in found["lines"]}
    return {**circles, **lines}


async def _running(app: FastAPI) -> None:
    await app.state.database.system.execute(
        "insert into health.instance values ($1, 'web', '1', 'here', 1, now(), now())", uuid4()
    )


async def test_nothing_counts_so_nothing_is_known(app: FastAPI) -> None:
    cube = await _cube(app)
    assert len(CIRCLES) == 13
    assert set(cube) == {circle.name for circle in CIRCLES}, "no line without a call"
    for circle in cube.values():
        assert circle["calls_per_second"] is None
        assert circle["history"] == []


async def test_a_circle_that_does_not_exist_has_no_figure(app: FastAPI) -> None:
    await _running(app)
    cube = await _cube(app)
    for name in ("subscription", "crm", "marketing", "erp"):
        assert cube[name]["calls_per_second"] is None, name
        assert cube[name]["level"] is None, name
    assert cube["amc"]["calls_per_second"] == 0.0, "it exists, and nobody called it"


async def test_requests_and_their_statements_are_counted(app: FastAPI) -> None:
    await _running(app)
    for _ in range(3):
        await _cube(app)
    async with client_of(app) as client:
        assert (await client.get("/api/v1/admin/status")).status_code == 401
    pool, owners = app.state.database.system, app.state.owners
    assert await write_calls(pool, owners) >= 1
    assert await write_calls(pool, owners) == 0, "what was written is not written again"
    row = await pool.fetchrow(
        "select calls, errors, seconds from health.call where target = 'health'"
    )
    assert (row["calls"], row["errors"]) == (4, 0)
    assert row["seconds"] > 0
    cube = await _cube(app)
    assert cube["core"]["calls_per_second"] == pytest.approx(4 / 60, abs=0.01)
    assert sum(cube["core"]["history"]) == 4  # type: ignore[call-overload]
    assert cube[DATABASE]["state"] == "healthy"


async def test_jobs_are_calls_of_the_stream(app: FastAPI) -> None:
    await _running(app)
    database: Database = app.state.database

    async def work(session: object, context: object, *, now: object) -> None:
        del session, context, now

    async def look(database: Database, context: object, *, now: object) -> None:
        del now
        door = await database.direct(context)  # type: ignore[arg-type]
        await door.row(context, f"{BOUND} select 1 from bound")  # type: ignore[arg-type]

    module = Module(
        name="campaigns",
        title="",
        jobs=(Job("campaigns.work", work), Job("campaigns.look", look, transactional=False)),
    )
    registry = Registry([module])
    context = system_context()
    async with database.transaction(context) as session:
        await enqueue(session, context, "campaigns.work")
        await enqueue(session, context, "campaigns.look")
    relay, runner = Relay(database.system, registry), Runner(database, registry)
    tasks = [asyncio.create_task(relay.run()), asyncio.create_task(runner.run())]
    await asyncio.sleep(0)
    async with asyncio.timeout(20):
        while await _waiting(database):  # noqa: ASYNC110 - the queue is another's
            await asyncio.sleep(0.05)
    # What is under way is counted when it has ended.
    runner.stop()
    await asyncio.wait(tasks[1:], timeout=10)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await write_calls(database.system, {})
    rows = await database.system.fetch("select source, target, calls, errors from health.call")
    found = {(row["source"], row["target"]): tuple(row)[2:] for row in rows}
    assert found["campaigns", STREAM] == (2, 0)
    assert found[STREAM, "campaigns"] == (2, 0)
    assert found["campaigns", DATABASE][0] >= 3, "the binding, the mark, and the look"
    cube = await _cube(app)
    assert cube["stream>campaigns"]["calls_per_second"] == pytest.approx(2 / 60, abs=0.01)
    assert cube["campaigns>stream"]["level"] == "green"


async def _waiting(database: Database) -> int:
    return int(
        await database.system.fetchval(
            "select (select count(*) from kernel.outbox) + (select count(*) from jobs.pgqueuer)"
        )
    )


def test_routes_become_pairs_of_modules() -> None:
    routes = {
        "/api/v1/members": Calls(5, 1, 0.5, 5),
        "/api/v1/roles": Calls(1, 0, 0.1, 0),
        "unmatched": Calls(2, 0, 0.0, 0),
    }
    found = by_module(routes, dict.fromkeys(("/api/v1/members", "/api/v1/roles"), "tenancy"))
    assert found == {
        ("gateway", "tenancy"): Calls(6, 1, 0.6),
        ("tenancy", DATABASE): Calls(5),
        ("gateway", "gateway"): Calls(2),
    }


def test_levels_follow_errors_and_time() -> None:
    assert level_of(None, None) is None
    assert level_of(0.0, 20.0) == "green"
    assert level_of(1.0, 20.0) == level_of(0.0, 200.0) == "amber"
    assert level_of(5.0, 20.0) == level_of(None, 500.0) == "red"
