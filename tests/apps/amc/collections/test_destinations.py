"""What is collected is delivered: by whatever collection wants it, each result once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from metatron.apps.amc.collections import delivering
from metatron.kernel.ids import new_id
from tests.apps.amc.collections.gathered import (
    ROWS,
    a_collection,
    a_workflow,
    ago,
    gather,
    month_back,
    runs,
    until,
)
from tests.apps.amc.destinations.desk import OPEN
from tests.apps.amc.runs.stage import Stage


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


async def a_folder(client: httpx.AsyncClient, name: str = "Lake") -> str:
    body = {"name": name, "kind": "folder", "settings": {"folder": name}}
    made = await client.post("/destinations", json=body, headers=key())
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def deliveries(client: httpx.AsyncClient, place: str) -> list[dict[str, Any]]:
    found = await client.get("/deliveries", params={"destination_id": place, "limit": 100})
    assert found.status_code == 200, found.text
    items: list[dict[str, Any]] = found.json()["items"]
    return items


async def begun(
    stage: Stage, client: httpx.AsyncClient, place: str, *, count: int = 1
) -> list[dict[str, Any]]:
    """The deliveries to a place once there are so many and none is on its way."""
    for _ in range(400):
        found = await deliveries(client, place)
        if len(found) >= count and not OPEN & {each["state"] for each in found}:
            break
        await stage.step()
    assert len(found) >= count, found
    return found


async def arrived(stage: Stage, client: httpx.AsyncClient, place: str, count: int) -> set[str]:
    """The runs that were delivered, which are so many."""
    found = await begun(stage, client, place, count=count)
    assert [each["state"] for each in found] == ["delivered"] * count, found
    return {each["run_id"] for each in found}


async def test_each_segment_is_delivered_and_the_destination_is_held(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    place = await a_folder(client)
    workflow_id = await a_workflow(stage, stage.script("delivered", rows=ROWS))
    body = {
        "name": "Reach by month", "workflow_id": str(workflow_id),
        "instance_ids": [str(stage.instance_id)], "destination_ids": [place, place],
        "segments": {"unit": "month", "from": month_back(2).isoformat()},
    }  # fmt: skip
    made = await client.post("/collections", json=body, headers=key())
    assert made.status_code == 201, made.text
    assert made.json()["destination_ids"] == [place]
    collection_id = UUID(made.json()["id"])
    await until(stage, collection_id, "settled", "provisional")
    told = await arrived(stage, client, place, 2)
    assert told == {str(run.id) for run in await runs(stage)}

    held = await client.delete(f"/destinations/{place}")
    assert (held.status_code, held.json()["code"]) == (409, "amc_destination_in_use")
    assert held.json()["detail"] == "These collections deliver to it: Reach by month"
    path = f"/collections/{collection_id}"
    changed = await client.patch(path, json={"destination_ids": []})
    assert changed.json()["destination_ids"] == []
    assert (await client.delete(f"/destinations/{place}")).status_code == 204
    gone = await client.patch(path, json={"destination_ids": [place]})
    assert (gone.status_code, gone.json()["code"]) == (404, "amc_destination_not_found")
    again = await client.post("/collections", json=body, headers=key())
    assert (again.status_code, again.json()["code"]) == (404, "amc_destination_not_found")


async def test_a_settled_result_follows_the_provisional_one(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    place = await a_folder(client)
    workflow_id = await a_workflow(stage, stage.script("twice", rows=ROWS))
    then = ago(days=3)
    day = (then - timedelta(days=1)).date()
    wanted = {"unit": "day", "from": day, "to": day + timedelta(days=1)}
    collection_id = await a_collection(
        stage, workflow_id, segments=wanted, destination_ids=[place], now=then
    )
    assert await gather(stage, collection_id, now=then) == 1
    [early] = await until(stage, collection_id, "provisional")
    assert str(early.kept_run_id) in {each["run_id"] for each in await begun(stage, client, place)}
    [settled] = await until(stage, collection_id, "settled")
    assert settled.kept_run_id != early.kept_run_id
    found = {each["run_id"]: each["state"] for each in await begun(stage, client, place, count=2)}
    assert found[str(settled.kept_run_id)] == "delivered"
    assert found[str(early.kept_run_id)] in {"delivered", "skipped"}, "the newer one stands"


async def test_who_comes_later_gets_what_is_there(
    client: httpx.AsyncClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "MOST_AT_ONCE", 1)
    first, second = await a_folder(client, "First"), await a_folder(client, "Second")
    workflow_id = await a_workflow(stage, stage.script("shared", rows=ROWS))
    without = await a_collection(stage, workflow_id)
    await until(stage, without, "settled", "provisional")
    assert await deliveries(client, first) == []
    await a_collection(stage, workflow_id, name="The same", destination_ids=[first])
    assert len(await arrived(stage, client, first, 2)) == 2
    answer = await client.patch(f"/collections/{without}", json={"destination_ids": [second]})
    assert answer.status_code == 200, answer.text
    assert len(await arrived(stage, client, second, 2)) == 2
    assert len(await deliveries(client, first)) == 2
    assert len(await runs(stage)) == 2


async def test_what_is_under_way_arrives_though_it_is_held(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    place = await a_folder(client)
    workflow_id = await a_workflow(stage, stage.script("held", rows=ROWS))
    collection_id = await a_collection(stage, workflow_id, destination_ids=[place])
    assert await gather(stage, collection_id) == 2
    assert (await client.post(f"/collections/{collection_id}/pause")).status_code == 200
    await until(stage, collection_id, "settled", "provisional")
    assert len(await arrived(stage, client, place, 2)) == 2
