"""Runs over Amazon's made-up data: where they may be asked for, and what they let out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from metatron.apps.amc.module import MODULE
from metatron.kernel.ids import new_id
from tests.apps.amc.runs.stage import REACH, Stage
from tests.doorkeeper import application, client_of

WINDOW = {"kind": "explicit", "start": "2026-08-01T00:00:00", "end": "2026-09-01T00:00:00"}
EVENTS = "SELECT user_id, campaign, impressions FROM dsp_impressions"
BOTH = {"require_synthetic_data": True, "disable_aggregation_controls": True}
NEITHER = dict.fromkeys(BOTH, False)


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    app = application(stage.runtime.settings, stage.database, (MODULE,))
    app.state.gate.known |= {"owner": stage.owner}
    async with client_of(app, "owner") as made:
        made.base_url = httpx.URL("http://testserver/api/v1/amc")
        yield made


@asynccontextmanager
async def at_amazon(stage: Stage) -> AsyncIterator[None]:
    """Ask as if the local AMC, which is what answers afterwards, were Amazon's own."""
    change = "update amc.connection set is_twin = :twin where tenant_id = :t"
    await stage.change(change, twin=False)
    yield
    await stage.change(change, twin=True)


async def ask(client: httpx.AsyncClient, stage: Stage, sql: str, **more: Any) -> httpx.Response:
    body = {"instance_id": str(stage.instance_id), "sql": sql, "window": WINDOW, **more}
    return await client.post("/runs", json=body, headers={"idempotency-key": new_id().hex})


async def sent(client: httpx.AsyncClient, stage: Stage, asked: httpx.Response) -> dict[str, Any]:
    """What the AMC was asked for."""
    assert asked.status_code == 202, asked.text
    run = await stage.ended(asked.json()["id"])
    assert run.state == "succeeded"
    [execution] = stage.executions_of(run)
    shown = (await client.get(f"/runs/{run.id}")).json()
    told = {
        "require_synthetic_data": execution["requireSyntheticData"],
        "disable_aggregation_controls": execution["disableAggregationControls"],
    }
    assert told == {name: shown[name] for name in told}, "a run tells what it asked for"
    assert stage.job(run)["controls"] is not told["disable_aggregation_controls"]
    return told


def reasons(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(each["field"], each["code"]) for each in answer.json()["errors"]]


async def test_single_events_leave_the_local_amc(client: httpx.AsyncClient, stage: Stage) -> None:
    refused = await ask(client, stage, EVENTS)
    assert refused.json()["code"] == "query_refused"
    first = await ask(client, stage, EVENTS, **BOTH)
    assert await sent(client, stage, first) == BOTH
    path = f"/runs/{first.json()['id']}/again"
    again = await client.post(path, headers={"idempotency-key": new_id().hex})
    assert await sent(client, stage, again) == BOTH
    assert await sent(client, stage, await ask(client, stage, REACH.format("none"))) == NEITHER


async def test_controls_stay_where_data_are_of_people(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    answer = await ask(client, stage, EVENTS, disable_aggregation_controls=True)
    assert reasons(answer) == [("body.disable_aggregation_controls", "data_of_people")]


async def test_amazon_has_made_up_data_in_its_sandboxes_alone(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    sql = REACH.format("none")
    async with at_amazon(stage):
        plain = await ask(client, stage, sql)
        for wanted in (BOTH, BOTH | {"disable_aggregation_controls": False}):
            answer = await ask(client, stage, sql, **wanted)
            assert reasons(answer) == [("body.require_synthetic_data", "no_sandbox")]
            assert "is no AMC sandbox" in answer.json()["errors"][0]["hint"]
    assert await sent(client, stage, plain) == NEITHER

    path = f"/instances/{stage.instance_id}"
    assert (await client.get(path)).json()["is_sandbox"] is False
    changed = await client.patch(path, json={"is_sandbox": True})
    assert changed.json()["is_sandbox"] is True
    async with at_amazon(stage):
        plain = await ask(client, stage, sql)
        events = await ask(client, stage, EVENTS, disable_aggregation_controls=True)
    assert await sent(client, stage, plain) == BOTH | {"disable_aggregation_controls": False}
    assert await sent(client, stage, events) == BOTH


async def test_the_check_before_a_run_knows_of_it(client: httpx.AsyncClient) -> None:
    told = (await client.post("/check", json={"sql": EVENTS})).json()
    assert {each["code"] for each in told["findings"]} == {"AMC007", "AMC008"}
    lifted = {"sql": EVENTS, "disable_aggregation_controls": True}
    free = (await client.post("/check", json=lifted)).json()
    assert (free["findings"], {each["users"] for each in free["columns"]}) == ([], {1})
    guarded = {"sql": "SELECT campaign FROM dsp_impressions WHERE postal_code = '10115'"}
    told = (await client.post("/check", json=guarded)).json()
    assert "AMC009" in {each["code"] for each in told["findings"]}
    assert (await client.post("/check", json=lifted | guarded)).json()["ok"] is True
    wrong = lifted | {"sql": "SELECT campagn FROM dsp_impressions"}
    [found] = (await client.post("/check", json=wrong)).json()["findings"]
    assert found["code"] == "AMC002"
