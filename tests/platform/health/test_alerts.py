"""Alerts: after a time, not at once; ended lower than begun; told once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.health.alert_rules import FIGURES, Watched, judge
from metatron.platform.health.alerts import look
from metatron.platform.health.module import MODULE
from metatron.platform.health.schemas import AlertPage, AlertRules
from metatron.platform.tenancy.site import prepare_site
from tests.doorkeeper import application, client_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
RULE = Watched(True, 85, 75, 300, False, None, None)


def after(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_peak_is_no_alert() -> None:
    first = judge(RULE, 99, NOON)
    assert (first.step, first.breached_at) == ("none", NOON)
    waiting = replace(RULE, breached_at=NOON)
    assert judge(waiting, 85, after(299)).step == "none"
    assert judge(waiting, 85, after(300)).step == "fire"
    assert judge(waiting, 84.9, after(300)).breached_at is None


def test_it_ends_lower_than_it_began() -> None:
    firing = replace(RULE, is_firing=True)
    between = judge(replace(firing, calm_at=NOON), 80, after(400))
    assert (between.step, between.calm_at) == ("none", None)
    assert judge(firing, 74, NOON).calm_at == NOON
    assert judge(replace(firing, calm_at=NOON), 74, after(299)).step == "none"
    assert judge(replace(firing, calm_at=NOON), 74, after(300)).step == "resolve"


def test_what_is_not_measured_changes_nothing() -> None:
    waiting = replace(RULE, breached_at=NOON)
    assert judge(waiting, None, after(900)) == judge(RULE, None, NOON)
    assert judge(replace(RULE, is_firing=True, calm_at=NOON), None, after(900)).step == "none"
    assert judge(replace(RULE, is_enabled=False, is_firing=True), 99, NOON).step == "resolve"
    assert judge(replace(RULE, is_enabled=False), 99, after(900)).step == "none"


@pytest.fixture
async def app(committed_database: tuple[Settings, Database]) -> FastAPI:
    settings, database = committed_database
    prepare_site(settings)
    app = application(settings, database, [MODULE])
    everything = frozenset({"status:read", "status:write"})
    app.state.gate.known["operator"] = replace(system_context(), permissions=everything)
    app.state.gate.known["stranger"] = replace(
        system_context(),
        actor_kind="operator",
        actor_id=new_id(),
        permissions=everything,
    )
    return app


async def _measure(database: Database, cpu: float) -> None:
    await database.system.execute("delete from health.sample")
    await database.system.execute(
        "insert into health.sample (taken_at, healthy, cpu_percent) values (now(), true, $1)", cpu
    )


async def _wait(database: Database, seconds: int) -> None:
    for column in ("breached_at", "calm_at"):
        await database.system.execute(
            f"update health.alert_rule set {column} = {column} - $1::int * interval '1 second'",
            seconds,
        )


async def _told(database: Database) -> list[tuple[str, str]]:
    rows = await database.system.fetch(
        "select kind, coalesce(arguments ->> 'template', name) as what from kernel.outbox"
        " where name like 'health.%' or name = 'tenancy.send_mail' order by kind, what"
    )
    return [(row["kind"], row["what"]) for row in rows]


async def test_an_alert_lives_and_is_told_once(app: FastAPI) -> None:
    database: Database = app.state.database
    operator_id = new_id()
    await database.system.execute(
        "insert into tenancy.operator (id, email, display_name, state, created_at)"
        " values ($1, 'watch@example.com', 'Watch', 'active', $2)",
        operator_id, utc_now(),
    )  # fmt: skip
    await database.system.execute(
        "insert into tenancy.operator_grant values ($1, $2, 'all', '{}', 'status', 'read')",
        new_id(), operator_id,
    )  # fmt: skip
    await _measure(database, 96)
    await look(database)
    assert await _told(database) == []
    await _wait(database, 300)
    for _ in range(2):
        await look(database)
    fired = [("event", "health.alert_fired.v1"), ("job", "health.alert_fired")]
    assert await _told(database) == fired
    async with client_of(app, "operator") as client:
        answer = await client.get("/api/v1/admin/alerts", params={"state": "firing"})
        (alert,) = AlertPage.model_validate_json(answer.content).items
        assert (alert.rule, alert.value, alert.threshold) == ("cpu", 96, 85)
        await _measure(database, 70)
        await look(database)
        await _wait(database, 300)
        await look(database)
        answer = await client.get("/api/v1/admin/alerts", params={"state": "firing"})
        assert answer.json()["items"] == []
        over = AlertPage.model_validate_json((await client.get("/api/v1/admin/alerts")).content)
        assert [(item.state, item.highest_value) for item in over.items] == [("resolved", 96)]
    assert len(await _told(database)) == 4


async def test_work_that_waits_and_jobs_that_gave_up_are_told(app: FastAPI) -> None:
    database: Database = app.state.database

    async def measure(oldest_seconds: float | None, dead: int) -> None:
        await database.system.execute("delete from health.sample")
        await database.system.execute(
            "insert into health.sample (taken_at, healthy, queue_oldest_seconds, dead_letters)"
            " values (now(), true, $1, $2)",
            oldest_seconds, dead,
        )  # fmt: skip
        await look(database)

    async def firing(client: httpx.AsyncClient) -> dict[str, float]:
        answer = await client.get("/api/v1/admin/alerts", params={"state": "firing"})
        items = AlertPage.model_validate_json(answer.content).items
        return {item.rule: item.highest_value for item in items}

    async with client_of(app, "operator") as client:
        await measure(400, 3)
        await _wait(database, 300)
        await measure(410, 3)
        assert await firing(client) == {"queue": 410}
        await _wait(database, 600)
        await measure(410, 2)
        assert await firing(client) == {"queue": 410, "dead_letters": 2}
        # Nothing waits: there is no oldest, and that is calm.
        await measure(None, 0)
        await _wait(database, 900)
        await measure(None, 0)
        assert await firing(client) == {}


async def test_rules_are_shown_and_changed(app: FastAPI) -> None:
    path = "/api/v1/admin/alert-rules"
    async with client_of(app, "operator") as client:
        rules = AlertRules.model_validate_json((await client.get(path)).content).items
        assert {rule.name for rule in rules} == set(FIGURES)
        assert all(rule.value is None and rule.state == "ok" for rule in rules)
        assert {rule.name: rule.threshold for rule in rules if rule.is_enabled} == {
            "cpu": 85, "memory": 90, "storage": 85, "database": 1_000, "error_rate": 5,
            "response": 2_000, "tenant_errors": 5, "tenant_response": 2_000,
            "tenant_silence": 3_600, "queue": 300, "dead_letters": 1,
        }  # fmt: skip
        answer = await client.patch(
            f"{path}/cpu", json={"threshold": 95}, headers={"if-match": '"1"'}
        )
        assert (answer.status_code, answer.json()["threshold"]) == (200, 95), answer.text
        assert answer.headers["etag"] == '"2"'
        for body, status in (
            ({"threshold": 60}, 422),
            ({"threshold": 0}, 422),
            ({"name": "x"}, 422),
        ):
            assert (await client.patch(f"{path}/cpu", json=body)).status_code == status
        stale = await client.patch(
            f"{path}/cpu", json={"threshold": 96}, headers={"if-match": '"1"'}
        )
        assert stale.status_code == 412
        assert (await client.patch(f"{path}/moon", json={})).status_code == 404
    async with client_of(app, "stranger") as client:
        assert (await client.patch(f"{path}/cpu", json={"threshold": 96})).status_code == 403
        assert (await client.get(path)).status_code == 403
    async with client_of(app) as client:
        for address in (path, "/api/v1/admin/alerts"):
            assert (await client.get(address)).status_code == 401
