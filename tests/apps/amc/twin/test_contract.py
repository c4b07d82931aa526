"""Administration and reporting: headers, media types, pages, refusals."""

import asyncio

import pytest

from tests.apps.amc.twin.conftest import REPORTING, Visitor

QUERY = "SELECT campaign, COUNT(*) AS n FROM dsp_impressions GROUP BY campaign"
DAY = {
    "timeWindowType": "EXPLICIT",
    "timeWindowStart": "2026-09-01T00:00:00",
    "timeWindowEnd": "2026-09-02T00:00:00",
}


async def saved(visitor: Visitor, workflow_id: str = "reach.v1") -> str:
    answer = await visitor.call(
        "POST", f"{REPORTING}/workflows", json={"workflowId": workflow_id, "sqlQuery": QUERY}
    )
    assert answer.status_code == 200, answer.text
    return workflow_id


async def asked(visitor: Visitor, **more: object) -> str:
    body = {"workflow": {"sqlQuery": QUERY}, **DAY, **more}
    answer = await visitor.call("POST", f"{REPORTING}/workflowExecutions", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["workflowExecutionId"])


async def ended(visitor: Visitor, execution_id: str) -> dict[str, object]:
    for _ in range(200):
        path = f"{REPORTING}/workflowExecutions/{execution_id}"
        found: dict[str, object] = (await visitor.call("GET", path)).json()
        if found["status"] not in {"PENDING", "RUNNING"}:
            return found
        await asyncio.sleep(0.02)
    raise TimeoutError(execution_id)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("Authorization", 401),
        ("Amazon-Advertising-API-ClientId", 403),
        ("Amazon-Advertising-API-AdvertiserId", 400),
        ("Amazon-Advertising-API-MarketplaceId", 400),
    ],
)
async def test_each_header_is_needed(signed_in: Visitor, name: str, status: int) -> None:
    del signed_in.headers[name]
    answer = await signed_in.call("GET", f"{REPORTING}/workflows")
    assert (answer.status_code, set(answer.json())) == (status, {"code", "details"})


async def test_accounts_need_no_advertiser(signed_in: Visitor) -> None:
    for name in ("AdvertiserId", "MarketplaceId"):
        del signed_in.headers[f"Amazon-Advertising-API-{name}"]
    found = (await signed_in.call("GET", "/amc/accounts")).json()["amcAccounts"]
    assert {each["accountId"] for each in found} == {"ENTITY1LOCALUS", "ENTITY2LOCALDE"}


async def test_an_instance_of_another_account_is_not_there(signed_in: Visitor) -> None:
    answer = await signed_in.call("GET", "/amc/reporting/amclocal0003/workflows")
    assert answer.status_code == 404


async def test_both_media_types_are_spoken(signed_in: Visitor) -> None:
    word = "application/vnd.amcworkflows.v1+json"
    answer = await signed_in.call(
        "POST",
        f"{REPORTING}/workflows",
        content=b'{"workflowId": "w", "sqlQuery": "SELECT 1"}',
        headers={"content-type": word, "accept": word},
    )
    assert (answer.status_code, answer.headers["content-type"]) == (200, word)
    plain = await signed_in.call("GET", f"{REPORTING}/workflows")
    assert plain.headers["content-type"] == "application/json"


async def test_pages_are_walked_by_token(signed_in: Visitor) -> None:
    for number in range(7):
        await saved(signed_in, f"w{number}")
    seen, token = [], None
    while True:
        params = {"limit": "3"} | ({"nextToken": token} if token else {})
        page = (await signed_in.call("GET", f"{REPORTING}/workflows", params=params)).json()
        seen += [each["workflowId"] for each in page["workflows"]]
        token = page.get("nextToken")
        if token is None:
            break
    assert seen == [f"w{number}" for number in range(7)]
    for wrong in ({"limit": "101"}, {"nextToken": "nonsense"}):
        answer = await signed_in.call("GET", f"{REPORTING}/workflows", params=wrong)
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"workflowId": "../up", "sqlQuery": "SELECT 1"},
        {"workflowId": "a b", "sqlQuery": "SELECT 1"},
        {"workflowId": "w", "sqlQuery": "SELECT\n1"},
        {"workflowId": "w", "sqlQuery": "SELECT\t1"},
        {"workflowId": "w"},
        {"sqlQuery": "SELECT 1"},
        {"workflowId": "w", "sqlQuery": "SELECT 1", "privacyFilteringBehavior": "KEEP"},
        {"workflowId": "w", "sqlQuery": "SELECT 1", "inputParameters": [{"name": "1x"}]},
    ],
)
async def test_a_bad_workflow_is_refused(signed_in: Visitor, body: dict[str, object]) -> None:
    answer = await signed_in.call("POST", f"{REPORTING}/workflows", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")


async def test_an_id_is_used_once_and_scheduled_workflows_stay(signed_in: Visitor) -> None:
    name = await saved(signed_in)
    again = {"workflowId": name, "sqlQuery": QUERY}
    answer = await signed_in.call("POST", f"{REPORTING}/workflows", json=again)
    assert answer.json()["details"] == f"Workflow with ID {name} already exists."
    schedule = {"scheduleId": "s", "workflowId": name, "aggregationPeriod": "Daily"}
    made = await signed_in.call("POST", f"{REPORTING}/schedules", json=schedule)
    assert made.status_code == 200
    path = f"{REPORTING}/workflows/{name}"
    assert (await signed_in.call("DELETE", path)).status_code == 400
    assert (await signed_in.call("DELETE", f"{REPORTING}/schedules/s")).status_code == 200
    assert (await signed_in.call("DELETE", path)).status_code == 200
    assert (await signed_in.call("GET", path)).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"workflowId": "also"},
        {"timeWindowStart": "2026-09-01"},
        {"timeWindowTimeZone": "Mars/Base"},
        {"parameterValues": {"unknown": 1}},
        {"disableAggregationControls": True},
        {"workflowExecutionTimeoutSeconds": 5},
    ],
)
async def test_a_bad_run_is_refused(signed_in: Visitor, change: dict[str, object]) -> None:
    body = {"workflow": {"sqlQuery": QUERY}, **DAY, **change}
    answer = await signed_in.call("POST", f"{REPORTING}/workflowExecutions", json=body)
    assert answer.status_code == 400, answer.text


async def test_lists_of_runs_need_a_bound_and_hide_the_cancelled(signed_in: Visitor) -> None:
    path = f"{REPORTING}/workflowExecutions"
    assert (await signed_in.call("GET", path)).status_code == 400
    await signed_in.chaos({"fault": "slow_run", "value": 5.0})
    execution_id = await asked(signed_in)
    await signed_in.call("PUT", f"{path}/{execution_id}", json={"status": "CANCELLED"})
    since = {"minCreationTime": "2020-01-01T00:00:00"}
    assert (await signed_in.call("GET", path, params=since)).json()["executions"] == []
    shown = await signed_in.call("GET", path, params=since | {"includeCancelled": "true"})
    assert [each["status"] for each in shown.json()["executions"]] == ["CANCELLED"]


async def test_a_failed_run_tells_why_and_has_no_result(signed_in: Visitor) -> None:
    execution_id = await asked(signed_in)
    found = await ended(signed_in, execution_id)
    assert (found["status"], found["statusReason"]) == ("FAILED", f"not run: {QUERY}")
    path = f"{REPORTING}/workflowExecutions/{execution_id}/downloadUrls"
    assert (await signed_in.call("GET", path)).status_code == 400


async def test_a_file_needs_its_signature(signed_in: Visitor) -> None:
    execution_id = await asked(signed_in)
    query = {"expires": "99999999999", "signature": "0" * 64}
    for name in ("result.csv", "..%2F..%2Famc.sqlite3"):
        path = f"/files/{execution_id}/{name}"
        answer = await signed_in.http.get(path, params=query)
        assert answer.status_code in {403, 404}


async def test_chaos_needs_its_key_and_repeats_from_its_seed(signed_in: Visitor) -> None:
    assert (await signed_in.http.put("/chaos", json={})).status_code == 403
    runs = []
    for _ in range(2):
        rule = {"fault": "http_429", "operation": "accounts", "probability": 0.6, "value": 7}
        await signed_in.chaos(rule, seed=5)
        answers = [await signed_in.call("GET", "/amc/accounts") for _ in range(12)]
        runs.append([answer.status_code for answer in answers])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 429}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["retry-after"] == "7"
