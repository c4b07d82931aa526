"""The text of a private workflow stays its owner's, also once it has run; webhooks stay secret."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from metatron.apps.amc.runs import alert_schemas, schemas
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from tests.apps.amc.catalogue.test_catalogue import an_instance
from tests.apps.amc.house import House, house_of
from tests.support.people import Door, new_email, running

SECRET = "top_secret_campaign"
SQL = f"SELECT COUNT(DISTINCT user_id) AS n FROM dsp_views WHERE campaign = '{SECRET}'"
WITH_VALUE = SQL + " AND advertiser = CUSTOM_PARAMETER('who')"
WINDOW = {"kind": "rolling", "days": 7}
HOOK = "https://hooks.example/secret-token"


@pytest.fixture(scope="module")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(settings, database) as application:
        yield application


@pytest.fixture
async def house(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[House]:
    door = Door(app, settings, database)
    yield await house_of(door)
    await door.close()


async def post(client: httpx.AsyncClient, path: str, body: Any = None) -> httpx.Response:
    return await client.post(path, json=body, headers={"idempotency-key": new_id().hex})


async def run_of(
    house: House, database: Database, *, shared: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A workflow of the analyst's and a run of it."""
    parameters = [{"name": "who", "default": f"{SECRET}-value"}]
    workflow = await house.workflow(sql=WITH_VALUE, parameters=parameters, shared=shared)
    body = {
        "instance_id": str(await an_instance(house, database)), "workflow_id": workflow["id"],
        "window": WINDOW,
    }  # fmt: skip
    answer = await post(house.analyst, "/amc/runs", body)
    assert answer.status_code == 202, answer.text
    assert SECRET in answer.text
    return workflow, answer.json()


async def manager(house: House) -> httpx.AsyncClient:
    return await house.door.signed_in(new_email("mona"), house.tenant.id, ("administrator",))


async def test_others_see_the_run_and_not_its_text(house: House, database: Database) -> None:
    _, run = await run_of(house, database, shared=False)
    path = f"/amc/runs/{run['id']}"
    for client in (house.other, house.viewer):
        shown = await client.get(path)
        told = schemas.RunAnswer.model_validate_json(shown.content)
        assert (told.text_is_private, told.sql, told.values, told.parameters) == (
            True,
            None,
            {},
            [],
        )
        assert told.value_sources == {}
        for where in (path, "/amc/runs", "/amc/home"):
            assert SECRET not in (await client.get(where)).text, where
    for client in (house.analyst, await manager(house)):
        shown = await client.get(path)
        assert (shown.json()["text_is_private"], SECRET in shown.text) == (False, True)
    cancelled = await post(house.other, f"{path}/cancel")
    assert (cancelled.status_code, SECRET in cancelled.text) == (200, False)


async def test_nobody_makes_the_text_their_own(house: House, database: Database) -> None:
    _, run = await run_of(house, database, shared=False)
    for rest, body in (("save-as-workflow", {"name": "Mine"}), ("again", None)):
        refused = await post(house.other, f"/amc/runs/{run['id']}/{rest}", body)
        assert (refused.status_code, refused.json()["code"]) == (403, "run_text_private")
        assert SECRET not in refused.text
        done = await post(house.analyst, f"/amc/runs/{run['id']}/{rest}", body)
        assert done.status_code in {201, 202}, done.text


async def test_who_asked_for_a_run_reads_it_after_the_workflow_became_private(
    house: House, database: Database
) -> None:
    workflow, run = await run_of(house, database, shared=True)
    body = {
        "instance_id": run["instance"]["id"], "workflow_id": workflow["id"], "window": WINDOW,
    }  # fmt: skip
    mine = (await post(house.other, "/amc/runs", body)).json()
    assert SECRET in (await house.viewer.get(f"/amc/runs/{mine['id']}")).text
    hidden = await house.analyst.patch(f"/amc/workflows/{workflow['id']}", json={"shared": False})
    assert hidden.status_code == 200, hidden.text
    assert SECRET not in (await house.viewer.get(f"/amc/runs/{mine['id']}")).text
    assert SECRET in (await house.other.get(f"/amc/runs/{mine['id']}")).text
    assert SECRET not in (await house.other.get(f"/amc/runs/{run['id']}")).text
    assert SECRET in (await house.analyst.get(f"/amc/runs/{mine['id']}")).text, "the owner"


def alert_on(**source: str) -> dict[str, Any]:
    return {
        "name": f"Alert {SECRET}", "condition": {"op": ">", "value": 0},
        "channels": [{"kind": "webhook", "url": HOOK}, {"kind": "mail", "to": "a@example.com"}],
    } | source  # fmt: skip


async def test_where_webhooks_lead_is_their_makers_secret(house: House, database: Database) -> None:
    workflow, _ = await run_of(house, database, shared=True)
    made = await house.analyst.post("/amc/alerts", json=alert_on(workflow_id=workflow["id"]))
    assert made.status_code == 201, made.text
    for client, seen in (
        (house.analyst, True), (await manager(house), True), (house.other, False),
        (house.viewer, False),
    ):  # fmt: skip
        listed = await client.get("/amc/alerts")
        [alert] = listed.json()["items"]
        told = alert_schemas.AlertAnswer.model_validate(alert)
        assert [each.kind for each in told.channels] == ["webhook", "mail"]
        assert (HOOK in listed.text, "a@example.com" in listed.text) == (seen, True)


async def test_alerts_on_private_workflows_are_private(house: House, database: Database) -> None:
    workflow, _ = await run_of(house, database, shared=False)
    made = await house.analyst.post("/amc/alerts", json=alert_on(workflow_id=workflow["id"]))
    path = f"/amc/alerts/{made.json()['id']}"
    assert (await house.other.get("/amc/alerts")).json()["items"] == []
    assert (await house.other.delete(path)).status_code == 404
    assert (await house.other.post(f"{path}/test")).status_code == 404
    [listed] = (await house.analyst.get("/amc/alerts")).json()["items"]
    assert (listed["about"], made.json()["about"]) == (workflow["name"], workflow["name"])
    assert (await house.analyst.delete(path)).status_code == 204


async def test_what_an_alert_tells_is_its_makers(house: House, database: Database) -> None:
    workflow, _ = await run_of(house, database, shared=True)
    made = await house.analyst.post("/amc/alerts", json=alert_on(workflow_id=workflow["id"]))
    path = f"/amc/alerts/{made.json()['id']}"
    to_me = {"channels": [{"kind": "mail", "to": "other@example.com"}]}
    for body in (to_me, {"condition": {"op": "<", "value": 9}}):
        refused = await house.other.patch(path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "alert_maker_only")
    rested = await house.other.patch(path, json={"paused": True, "name": "Rests"})
    assert rested.status_code == 200, rested.text
    told = alert_schemas.AlertAnswer.model_validate(rested.json())
    assert (told.name, told.paused_at is not None, told.can_change) == ("Rests", True, False)
    assert HOOK not in rested.text
    assert (await house.viewer.patch(path, json={"name": "x"})).status_code == 403
    boss = await manager(house)
    taken = await boss.patch(path, json=to_me)
    assert taken.status_code == 200, taken.text
    assert taken.json()["created_by"] not in (None, made.json()["created_by"])
    [listed] = (await house.analyst.get("/amc/alerts")).json()["items"]
    assert listed["can_change"] is False, "it is the manager's now"


async def test_an_alert_is_changed_by_who_saw_it_last(house: House, database: Database) -> None:
    workflow, _ = await run_of(house, database, shared=True)
    made = await house.analyst.post("/amc/alerts", json=alert_on(workflow_id=workflow["id"]))
    path = f"/amc/alerts/{made.json()['id']}"
    condition = {"column": "n", "aggregate": "max", "op": ">=", "value": 2.5}
    one = await house.analyst.patch(
        path, json={"condition": condition}, headers={"if-match": made.headers["etag"]}
    )
    assert (one.json()["condition"], one.headers["etag"]) == (condition, '"2"')
    late = await house.analyst.patch(path, json={"name": "x"}, headers={"if-match": '"1"'})
    assert late.status_code == 412
    same = await house.analyst.patch(path, json={"condition": condition})
    assert same.json()["version"] == 2, "nothing changed"
    for body in ({"channels": []}, {"name": ""}, {"workflow_id": workflow["id"]}):
        assert (await house.analyst.patch(path, json=body)).status_code == 422, body


async def test_an_alert_needs_a_schedule_that_is_there(house: House) -> None:
    refused = await house.analyst.post("/amc/alerts", json=alert_on(schedule_id=str(new_id())))
    assert (refused.status_code, refused.json()["code"]) == (404, "amc_schedule_not_found")
    assert (await house.analyst.get("/amc/alerts")).json()["items"] == []
