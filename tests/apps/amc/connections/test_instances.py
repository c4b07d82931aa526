"""Comparing with Amazon's list, and what people set on a client."""

import json
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from metatron.apps.amc.amazon import answers
from metatron.apps.amc.amazon.errors import AmazonUnavailable
from metatron.apps.amc.connections import due, schemas
from metatron.apps.amc.connections.syncing import SYNC_JOB
from tests.apps.amc.connections.conftest import House
from tests.support.amazon import LocalAmc
from tests.support.people import new_email


@pytest.fixture
def second(amazon: LocalAmc) -> str:
    """An instance that will be deleted at Amazon."""
    document = {
        "instanceId": "amcpassing", "instanceName": "Passing", "creationStatus": "COMPLETED",
        "advertiserTypes": ["DISPLAY"], "entities": [],
    }  # fmt: skip
    amazon.change(
        "insert or replace into instance values ('amcpassing', 'ENTITY1LOCALUS', ?, null)",
        json.dumps(document),
    )
    return "amcpassing"


async def test_the_answers_are_as_declared(house: House) -> None:
    connection_id = await house.connect()
    for shown in (await house.manager.get("/amc/connections")).json()["items"]:
        schemas.ConnectionAnswer.model_validate(shown, extra="forbid")
    page = (await house.manager.get("/amc/instances")).json()
    for shown in page["items"]:
        schemas.InstanceAnswer.model_validate(shown, extra="forbid")
    [german] = [each for each in page["items"] if each["account"]["country"] == "DE"]
    assert german["account"]["amc_account_id"] == "ENTITY2LOCALDE"
    assert german["connection"] == {
        "id": str(connection_id), "name": "Brands", "state": "healthy", "is_twin": True,
    }  # fmt: skip


async def test_the_local_amc_tells_of_which_days_it_has_data(house: House) -> None:
    await house.connect()
    shown = (await house.manager.get("/amc/instances")).json()["items"]
    days = {(each["data_first_on"], each["data_last_on"]) for each in shown}
    assert days == {("2026-08-01", "2026-10-31")}


def test_amazon_itself_tells_no_days() -> None:
    plain = {"instanceId": "amc1", "instanceName": "One", "creationStatus": "COMPLETED"}
    for told in ({}, {"localData": None}, {"localData": {"firstDay": "soon", "lastDay": 3}}):
        read = answers.instance(plain | told)
        assert (read.first_day, read.last_day) == (None, None)


async def test_what_is_gone_is_marked_and_comes_back(
    house: House, amazon: LocalAmc, second: str
) -> None:
    connection_id = await house.connect()
    instance_id = (await house.instance_ids())[second]
    answer = await house.manager.patch(f"/amc/instances/{instance_id}", json={"brands": ["Alpha"]})
    assert answer.status_code == 200
    [[document]] = amazon.change("select document from instance where instance_id = ?", second)
    amazon.change("delete from instance where instance_id = ?", second)
    await house.sync(connection_id)
    gone = (await house.manager.get(f"/amc/instances/{instance_id}")).json()
    assert gone["gone_at"] is not None
    assert (await house.shown(connection_id))["instances"] == 3
    changed = json.loads(document) | {"instanceName": "Renamed"}
    amazon.change(
        "insert into instance values (?, 'ENTITY1LOCALUS', ?, null)", second, json.dumps(changed)
    )
    await house.sync(connection_id)
    back = (await house.manager.get(f"/amc/instances/{instance_id}")).json()
    amazon.change("delete from instance where instance_id = ?", second)
    assert (back["gone_at"], back["name"], back["brands"]) == (None, "Renamed", ["Alpha"])
    assert back["version"] > gone["version"]


async def test_comparing_twice_changes_nothing(house: House) -> None:
    connection_id = await house.connect()
    before = (await house.manager.get("/amc/instances")).json()["items"]
    await house.sync(connection_id)
    after = (await house.manager.get("/amc/instances")).json()["items"]
    assert [each["version"] for each in after] == [each["version"] for each in before]
    assert after[0]["synced_at"] > before[0]["synced_at"]


async def test_a_list_that_fails_marks_nothing_as_gone(house: House) -> None:
    connection_id = await house.connect()
    house.amazon.chaos({"fault": "http_500", "operation": "instances"})
    with pytest.raises(AmazonUnavailable):
        await house.sync(connection_id)
    assert (await house.shown(connection_id))["instances"] == 3


async def test_a_sync_on_demand_is_a_job(house: House) -> None:
    connection_id = await house.connect()
    answer = await house.manager.post(f"/amc/connections/{connection_id}/sync")
    assert answer.status_code == 202
    await due.sync_all(house.database)
    rows = await house.database.system.fetch(
        "select arguments from kernel.outbox where tenant_id = $1 and name = $2",
        house.tenant.id, SYNC_JOB,
    )  # fmt: skip
    asked = [json.loads(row["arguments"])["connection_id"] for row in rows]
    assert asked.count(str(connection_id)) == 3  # after the sign-in, by hand, by the schedule


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"q": "brands us"}, {"amclocal0001", "amclocal0002"}),
        ({"q": "LOCAL0003"}, {"amclocal0003"}),
        ({"q": "100%"}, set()),
        ({"q": "_"}, set()),
        ({"active": "false"}, {"amclocal0001"}),
        ({"brand": "Alpha"}, {"amclocal0001"}),
        ({"brand": "Alp"}, set()),
        ({"q": "alp"}, {"amclocal0001"}),
        ({"favourite": "true"}, {"amclocal0002"}),
        ({"favourite": "false", "active": "true"}, {"amclocal0003"}),
        ({"connection_id": str(uuid4())}, set()),
    ],
)
async def test_the_list_is_filtered(house: House, params: dict[str, str], found: set[str]) -> None:
    await house.connect()
    ids = await house.instance_ids()
    change = {"active": False, "brands": ["Alpha", "Beta", "Alpha"]}
    answer = await house.manager.patch(f"/amc/instances/{ids['amclocal0001']}", json=change)
    assert answer.json()["brands"] == ["Alpha", "Beta"]
    await house.manager.put(f"/amc/instances/{ids['amclocal0002']}/favourite")
    page = (await house.manager.get("/amc/instances", params=params)).json()
    assert {each["amc_instance_id"] for each in page["items"]} == found


async def test_the_list_is_paged_by_name(house: House) -> None:
    await house.connect()
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await house.manager.get("/amc/instances", params=params)).json()
        seen += [each["name"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["Local Brands DE 3", "Local Brands US 1", "Local Brands US 2"]


async def test_favourites_are_ones_own(house: House) -> None:
    await house.connect()
    place = f"/amc/instances/{(await house.instance_ids())['amclocal0001']}"
    for _ in range(2):
        assert (await house.manager.put(f"{place}/favourite")).status_code == 204
    assert (await house.manager.get(place)).json()["favourite"] is True
    colleague = await house.door.signed_in(new_email(), house.tenant.id, ("auditor",))
    assert (await colleague.get(place)).json()["favourite"] is False
    assert (await house.manager.delete(f"{place}/favourite")).status_code == 204
    assert (await house.manager.get(place)).json()["favourite"] is False


async def test_two_people_who_save(house: House) -> None:
    await house.connect()
    place = f"/amc/instances/{(await house.instance_ids())['amclocal0001']}"
    tag = (await house.manager.get(place)).headers["etag"]
    change = {"time_zone": "Europe/Berlin"}
    first = await house.manager.patch(place, json=change, headers={"if-match": tag})
    assert (first.status_code, first.json()["time_zone"]) == (200, "Europe/Berlin")
    assert first.headers["etag"] != tag
    second = await house.manager.patch(place, json={"active": False}, headers={"if-match": tag})
    assert (second.status_code, second.json()["code"]) == (412, "version_conflict")


@pytest.mark.parametrize(
    "change", [{"time_zone": "Mars/Base"}, {"brands": [""]}, {"active": "yes"}, {"name": "x"}]
)
async def test_what_cannot_be_set(house: House, change: dict[str, object]) -> None:
    await house.connect()
    place = f"/amc/instances/{(await house.instance_ids())['amclocal0001']}"
    assert (await house.manager.patch(place, json=change)).status_code == 422


async def test_who_may_only_read(house: House) -> None:
    connection_id = await house.connect()
    auditor = await house.door.signed_in(new_email(), house.tenant.id, ("auditor",))
    place = f"/amc/instances/{(await house.instance_ids())['amclocal0001']}"
    assert (await auditor.get(place)).status_code == 200
    assert (await auditor.patch(place, json={"active": False})).status_code == 403
    for method, path in (("DELETE", ""), ("POST", "/sync"), ("POST", "/reconnect")):
        answer = await auditor.request(method, f"/amc/connections/{connection_id}{path}")
        assert answer.status_code == 403


async def test_an_analyst_works_here_and_sees_neither_campaigns_nor_money(house: House) -> None:
    await house.connect()
    analyst = await house.door.signed_in(new_email(), house.tenant.id, ("analyst",))
    place = f"/amc/instances/{(await house.instance_ids())['amclocal0001']}"
    assert (await analyst.get(place)).status_code == 200
    for forbidden in ("/campaigns", "/payments/instructions"):
        assert (await analyst.get(forbidden)).status_code == 403, forbidden


async def test_rows_are_seen_by_their_organisation_alone(house: House) -> None:
    """As the application's role, with another tenant bound, whatever the statement says."""
    await house.connect()
    other = house.system.for_tenant((await house.door.organisation()).id)
    for table in ("connection", "sign_in", "account", "instance", "instance_favourite"):
        async with house.database.transaction(other) as session:
            found = await session.scalar(
                text(f"select count(*) from amc.{table} where tenant_id = :t or true"),
                {"t": house.tenant.id},
            )
        assert found == 0


async def test_an_account_that_may_not_be_read_says_why(house: House) -> None:
    """Amazon's words stay with the connection; other accounts are compared all the same."""
    connection_id = await house.connect()
    house.amazon.chaos({"fault": "forbidden_account", "operation": "ENTITY2LOCALDE"})
    await house.sync(connection_id)
    shown = await house.shown(connection_id)
    assert shown["state"] == "healthy"
    assert "No access to the account ENTITY2LOCALDE" in shown["state_reason"]
    assert shown["instances"] == 3
    house.amazon.chaos()
    await house.sync(connection_id)
    assert (await house.shown(connection_id))["state_reason"] is None


async def test_an_unknown_connection(house: House) -> None:
    for method, path in (("POST", "/sync"), ("POST", "/reconnect"), ("DELETE", "")):
        answer = await house.manager.request(method, f"/amc/connections/{UUID(int=5)}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "amc_connection_not_found")
