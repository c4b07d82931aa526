"""What Amazon's contract says of each call, one check each, spoken to the local AMC over HTTP."""

import json
from typing import Any, NamedTuple

import pytest

from metatron.apps.amc.sandbox.world import FIRST_DAY
from tests.apps.amc.twin.conftest import REPORTING, Visitor
from tests.apps.amc.twin.test_contract import DAY, QUERY, asked, ended, saved

INSTANCES, INSTANCE = "/amc/instances", "/amc/instances/amclocal0001"
RUNS, SCHEDULES = f"{REPORTING}/workflowExecutions", f"{REPORTING}/schedules"
WORKFLOWS, SOURCES = f"{REPORTING}/workflows", f"{REPORTING}/dataSources"
UPDATES = f"{INSTANCE}/advertisers/updates"
ONE = {"id": "1234", "type": "DISPLAY"}
US = {"id": "ENTITY9", "type": "SPONSORED_ADS", "marketplaceId": "ATVPDKIKX0DER"}
ACCOUNT = {"awsAccountId": "123456789012", "bucketName": "our-results"}
SCHEDULE = {"scheduleId": "s", "workflowId": "reach.v1", "aggregationPeriod": "Daily"}
RUN = {"workflow": {"sqlQuery": QUERY}, **DAY}


class Check(NamedTuple):
    """A call and how it is answered; a refusal holds `code` and `details`, and nothing else."""

    method: str
    path: str
    body: Any = None
    status: int = 200
    says: str = ""


def _run(**change: Any) -> dict[str, Any]:
    return RUN | change


def _workflow(**change: Any) -> dict[str, Any]:
    return {"workflowId": "other", "sqlQuery": QUERY} | change


CHECKS = {
    # Administration.
    "accounts": Check("GET", "/amc/accounts", says="ENTITY2LOCALDE"),
    "instances": Check("GET", INSTANCES, says="amclocal0002"),
    "an instance": Check("GET", INSTANCE, says="COMPLETED"),
    "no instance": Check("GET", f"{INSTANCES}/nowhere", status=404, says="nowhere"),
    "another's instance": Check("GET", f"{INSTANCES}/amclocal0003", status=404),
    "a new instance": Check("POST", INSTANCES, {"instanceName": "Third"}, says="Third"),
    "one without name": Check("POST", INSTANCES, {}, 400, "instanceName"),
    "one of unknown kind": Check(
        "POST", INSTANCES, {"instanceName": "x", "advertiserTypes": ["TV"]}, 400, "TV"
    ),
    "renamed": Check("PUT", INSTANCE, {"instanceName": "Renamed"}, says="Renamed"),
    "advertisers": Check("GET", f"{INSTANCE}/advertisers", says="advertiserType"),
    "one advertiser comes": Check("POST", UPDATES, {"advertisersToAdd": [ONE]}, says="PENDING"),
    "one goes": Check("POST", UPDATES, {"advertisersToRemove": [US]}, says="ENTITY9"),
    "ten come": Check("POST", UPDATES, {"advertisersToAdd": [ONE] * 10}),
    "eleven do not": Check("POST", UPDATES, {"advertisersToAdd": [ONE] * 11}, 400, "10"),
    "nobody comes": Check("POST", UPDATES, {}, 400),
    "sponsored ads have a marketplace": Check(
        "POST", UPDATES, {"advertisersToAdd": [{"id": "E", "type": "SPONSORED_ADS"}]}, 400,
        "marketplaceId",
    ),
    "no update yet": Check("GET", UPDATES, says='"advertiserUpdates":[]'),
    "no such update": Check("GET", f"{UPDATES}/7", status=404),
    "an AWS account": Check(
        "POST", f"{INSTANCE}/updateCustomerAwsAccount", ACCOUNT, says="cfnBucketUrl"
    ),
    "eleven digits": Check(
        "POST", f"{INSTANCE}/updateCustomerAwsAccount", ACCOUNT | {"awsAccountId": "1" * 11}, 400
    ),
    "no bucket": Check("POST", f"{INSTANCE}/updateCustomerAwsAccount", {"awsAccountId": "1"}, 400),
    # Data sources.
    "data sources": Check("GET", SOURCES, says='"dataSources"'),
    "columns have kinds": Check("GET", f"{SOURCES}/dsp_views", says='"columnType"'),
    "no data source": Check("GET", f"{SOURCES}/nothing", status=404),
    # Workflows.
    "a workflow": Check("GET", f"{WORKFLOWS}/reach.v1", says=QUERY),
    "no workflow": Check("GET", f"{WORKFLOWS}/none", status=404, says="none"),
    "a new text": Check("PUT", f"{WORKFLOWS}/reach.v1", _workflow(workflowId="reach.v1")),
    "a text of nothing": Check("PUT", f"{WORKFLOWS}/none", _workflow(workflowId="none"), 404),
    "under another id": Check("PUT", f"{WORKFLOWS}/reach.v1", _workflow(), 400, "workflowId"),
    "deleted": Check("DELETE", f"{WORKFLOWS}/reach.v1"),
    "nothing deleted": Check("DELETE", f"{WORKFLOWS}/none", status=404),
    "a list as parameter": Check("POST", WORKFLOWS, _workflow(inputParameters=[
        {"name": "asins", "dataType": {"type": "ARRAY", "elementDataType": "STRING"}}
    ])),
    "a type there is not": Check("POST", WORKFLOWS, _workflow(inputParameters=[
        {"name": "a", "dataType": "TEXT"}
    ]), 400, "dataType"),
    "101 parameters": Check("POST", WORKFLOWS, _workflow(inputParameters=[
        {"name": f"p{n}", "dataType": "STRING"} for n in range(101)
    ]), 400),
    "an id of another alphabet": Check("POST", WORKFLOWS, _workflow(workflowId="ä"), 400),
    "no JSON": Check("POST", WORKFLOWS, "{", 400),
    # Executions.
    "a run": Check("POST", RUNS, RUN, says="PENDING"),
    "of a saved workflow": Check(
        "POST", RUNS, {"workflowId": "reach.v1", **DAY}, says='"workflowId":"reach.v1"'
    ),
    "of none": Check("POST", RUNS, {"workflowId": "none", **DAY}, 404),
    "of nothing": Check("POST", RUNS, DAY, 400),
    "transient": Check("POST", RUNS, RUN, says="transient_"),
    "the day before by itself": Check(
        "POST", RUNS, {"workflow": {"sqlQuery": QUERY}}, says="MOST_RECENT_DAY"
    ),
    "a window that ends first": Check(
        "POST", RUNS, _run(timeWindowEnd="2026-08-01T00:00:00"), 400
    ),
    "a window of no kind": Check("POST", RUNS, _run(timeWindowType="TOMORROW"), 400),
    "a time-out of a day": Check("POST", RUNS, _run(workflowExecutionTimeoutSeconds=86_400)),
    "a longer one": Check("POST", RUNS, _run(workflowExecutionTimeoutSeconds=86_401), 400),
    "synthetic data without control": Check(
        "POST", RUNS, _run(requireSyntheticData=True, disableAggregationControls=True)
    ),
    "a word it does not know": Check("POST", RUNS, _run(maxCertifiedTime="2026-01-01T00:00:00")),
    "no run": Check("GET", f"{RUNS}/none", status=404),
    "runs of a workflow": Check("GET", f"{RUNS}?workflowId=reach.v1", says='"executions":[]'),
    "runs since no time": Check("GET", f"{RUNS}?minCreationTime=soon", status=400),
    "nothing cancelled": Check("PUT", f"{RUNS}/none", {"status": "CANCELLED"}, 404),
    "no other change": Check("PUT", f"{RUNS}/none", {"status": "SUCCEEDED"}, 400),
    "no result of none": Check("GET", f"{RUNS}/none/downloadUrls", status=404),
    # Schedules.
    "a schedule": Check("POST", SCHEDULES, SCHEDULE),
    "a weekly one": Check(
        "POST", SCHEDULES,
        SCHEDULE | {"aggregationPeriod": "Weekly", "aggregationStartDay": "Monday"},
    ),
    "hourly there is not": Check(
        "POST", SCHEDULES, SCHEDULE | {"aggregationPeriod": "Hourly"}, 400
    ),
    "hour 24": Check("POST", SCHEDULES, SCHEDULE | {"aggregationHourUtc": 24}, 400),
    "a schedule of no workflow": Check("POST", SCHEDULES, SCHEDULE | {"workflowId": "n"}, 404),
    "no schedule": Check("GET", f"{SCHEDULES}/none", status=404),
    # What is gone, and what never was.
    "the old endpoints": Check("GET", "/prod/workflows", status=410, says="/amc/reporting"),
    "an instance's own": Check("POST", "/workflowExecutions", {}, 410),
    "an id at the old place": Check("DELETE", "/schedules/s", status=410),
    "no such way": Check("GET", "/amc/elsewhere", status=404),
    "no such method": Check("PATCH", f"{WORKFLOWS}/reach.v1", {}, 405),
}  # fmt: skip


@pytest.mark.parametrize("name", CHECKS)
async def test_as_the_contract_says(signed_in: Visitor, name: str) -> None:
    await saved(signed_in)
    method, path, body, status, says = CHECKS[name]
    more: dict[str, Any] = {} if body is None else {"json": body}
    if isinstance(body, str):
        more = {"content": body, "headers": {"content-type": "application/json"}}
    answer = await signed_in.call(method, path, **more)
    assert answer.status_code == status, answer.text
    assert says in answer.text
    if status >= 400:
        assert set(answer.json()) == {"code", "details"}


@pytest.mark.parametrize(
    ("path", "word"),
    [
        (WORKFLOWS, "amcworkflows"), (f"{RUNS}?workflowId=w", "amcworkflowexecutions"),
        (SCHEDULES, "amcschedules"), (SOURCES, "amcdatasources"),
    ],
)  # fmt: skip
async def test_each_resource_has_a_media_type(signed_in: Visitor, path: str, word: str) -> None:
    own = f"application/vnd.{word}.v1+json"
    told = await signed_in.call("GET", path, headers={"accept": own})
    assert told.headers["content-type"] == own
    plain = await signed_in.call("GET", path, headers={"accept": "application/json"})
    assert (plain.headers["content-type"], plain.json()) == ("application/json", told.json())


@pytest.mark.parametrize("path", [INSTANCES, WORKFLOWS, SCHEDULES, SOURCES])
async def test_every_list_is_paged(signed_in: Visitor, path: str) -> None:
    await signed_in.call("POST", INSTANCES, json={"instanceName": "Third"})
    for number in range(3):
        name = await saved(signed_in, f"w{number}")
        body = SCHEDULE | {"scheduleId": f"s{number}", "workflowId": name}
        await signed_in.call("POST", SCHEDULES, json=body)
    whole = (await signed_in.call("GET", path)).json()
    [name] = set(whole) - {"nextToken"}
    seen: list[Any] = []
    token = None
    for _ in range(len(whole[name])):
        params = {"limit": "1"} | ({"nextToken": token} if token else {})
        page = (await signed_in.call("GET", path, params=params)).json()
        seen += page[name]
        token = page.get("nextToken")
    assert (seen, token) == (whole[name], None)
    for wrong in ("0", "101", "many"):
        refused = await signed_in.call("GET", path, params={"limit": wrong})
        assert refused.status_code == 400


async def test_an_update_under_review_stands_in_the_way(signed_in: Visitor) -> None:
    two = {"advertisersToAdd": [ONE, US]}
    made = (await signed_in.call("POST", UPDATES, json=two)).json()["advertiserUpdate"]
    assert made["status"] == "PENDING"
    refused = await signed_in.call("POST", UPDATES, json={"advertisersToAdd": [ONE]})
    assert refused.status_code == 400
    await signed_in.chaos(clock_offset_seconds=60)
    path = f"{UPDATES}/{made['updateId']}"
    done = (await signed_in.call("GET", path)).json()["advertiserUpdate"]
    assert done == made | {"status": "COMPLETED"}
    listed = (await signed_in.call("GET", f"{INSTANCE}/advertisers")).json()["advertisers"]
    assert {"advertiserId": "ENTITY9", "advertiserType": "SPONSORED_ADS"} in listed
    gone = {"advertisersToRemove": [US]}
    assert (await signed_in.call("POST", UPDATES, json=gone)).status_code == 200
    left = (await signed_in.call("GET", f"{INSTANCE}/advertisers")).json()["advertisers"]
    assert len(left) == len(listed) - 1


async def test_what_an_execution_tells(signed_in: Visitor) -> None:
    found = await ended(signed_in, await asked(signed_in))
    assert found["timeWindowStart"] == "2026-09-01T00:00:00Z"
    assert found["timeWindowStartOriginal"] == "2026-09-01T00:00:00"
    assert found["executionCategory"] == "AD_HOC"
    assert found["outputChannels"] == [{"channel": {"type": "DOWNLOAD"}, "status": "UNAVAILABLE"}]
    made, ends = (str(found[name])[:19] for name in ("createTime", "expireTime"))
    assert (ends[:10] > made[:10], ends[11:]) == (True, made[11:]), "a day later"


@pytest.mark.parametrize(
    ("fault", "status"), [("status_rejected", "REJECTED"), ("status_unknown", "UNDER_REVIEW")]
)
async def test_statuses_beyond_the_contract(signed_in: Visitor, fault: str, status: str) -> None:
    await signed_in.chaos({"fault": fault, "operation": "run"})
    assert (await ended(signed_in, await asked(signed_in)))["status"] == status


async def test_the_days_with_data_stand_beside_what_amazon_shows(signed_in: Visitor) -> None:
    told = (await signed_in.call("GET", INSTANCE)).json()["instance"]
    assert told["localData"]["firstDay"] == FIRST_DAY.isoformat()
    assert "localUpdates" not in json.dumps(told)
