"""Each instance is asked for its tables; checks, the schema and runs hold to what it has."""

from uuid import UUID

import pytest

from metatron.apps.amc.amazon.errors import AmazonUnavailable
from metatron.apps.amc.connections import listing
from metatron.kernel.clock import utc_now
from tests.apps.amc.connections.conftest import House

VEHICLES = "SELECT COUNT(*) AS n FROM experian_vehicle_purchases"


async def german(house: House) -> UUID:
    await house.connect()
    return (await house.instance_ids())["amclocal0003"]


async def listed(house: House, instance_id: UUID) -> None:
    await listing.list_sources(house.database, house.system, instance_id=instance_id, now=utc_now())


async def test_a_client_tells_what_it_has_not(house: House) -> None:
    instance_id = await german(house)
    path = f"/amc/instances/{instance_id}"
    before = (await house.manager.get(path)).json()
    assert (before["tables_listed"], before["tables_missing"]) == (None, [])
    body = {"sql": VEHICLES, "instance_id": str(instance_id)}
    assert (await house.manager.post("/amc/check", json=body)).json()["ok"]
    await listed(house, instance_id)
    after = (await house.manager.get(path)).json()
    assert after["tables_missing"] == ["cpg_insights_stream", "experian_vehicle_purchases"]
    assert after["listed_at"] is not None
    checked = (await house.manager.post("/amc/check", json=body)).json()
    assert [each["code"] for each in checked["findings"]] == ["AMC021"]
    assert (await house.manager.post("/amc/check", json={"sql": VEHICLES})).json()["ok"]
    schema = (await house.manager.get(f"/amc/schema?instance_id={instance_id}")).json()
    everywhere = (await house.manager.get("/amc/schema")).json()
    assert len(everywhere["tables"]) - len(schema["tables"]) == 2
    asked = {
        "instance_id": str(instance_id), "sql": VEHICLES,
        "window": {"kind": "rolling", "days": 7},
    }  # fmt: skip
    answer = await house.manager.post(
        "/amc/runs", json=asked, headers={"idempotency-key": str(instance_id)}
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "AMC021")


async def test_each_instance_is_asked_once_a_day(house: House) -> None:
    connection_id = await house.connect()
    count = "select count(*) from kernel.outbox where tenant_id = $1 and name = $2"

    async def jobs() -> int:
        found = await house.database.system.fetchrow(count, house.tenant.id, listing.LIST_JOB)
        assert found is not None
        return int(found[0])

    assert await jobs() == 3
    for instance_id in (await house.instance_ids()).values():
        await listed(house, instance_id)
    await house.sync(connection_id)
    assert await jobs() == 3


async def test_no_answer_changes_nothing(house: House) -> None:
    instance_id = await german(house)
    await listed(house, instance_id)
    house.amazon.chaos({"fault": "http_500", "operation": "data_sources"})
    with pytest.raises(AmazonUnavailable):
        await listed(house, instance_id)
    shown = (await house.manager.get(f"/amc/instances/{instance_id}")).json()
    assert len(shown["tables_missing"]) == 2


async def test_columns_that_are_added_to_results_are_a_clients_setting(house: House) -> None:
    instance_id = await german(house)
    path = f"/amc/instances/{instance_id}"
    wanted = {"filtered": None, "users": "distinct_users", "reason": "why"}
    changed = await house.manager.patch(path, json={"extra_columns": wanted})
    assert changed.json()["extra_columns"] == wanted
    for wrong in ({"users": "a b"}, {"users": "x", "reason": "X"}, {"other": "x"}):
        answer = await house.manager.patch(path, json={"extra_columns": wrong})
        assert answer.status_code == 422, wrong
    emptied = await house.manager.patch(path, json={"extra_columns": {}})
    assert set(emptied.json()["extra_columns"].values()) == {None}
