"""Schedules deliver what their runs bring."""

from dataclasses import replace
from uuid import UUID

from metatron.apps.amc.recurring import firing
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from tests.apps.amc.destinations.desk import Desk, key
from tests.apps.amc.runs.stage import RIGHTS

DAILY = {"kind": "every_days", "days": 1, "anchor_on": "2026-01-01", "at": "06:00"}


async def test_a_schedule_delivers_and_holds_its_destination(desk: Desk) -> None:
    place = await desk.destination("folder", {})
    sql = "SELECT campaign, COUNT(DISTINCT user_id) AS reach FROM dsp_impressions GROUP BY campaign"
    workflow = await desk.client.post("/workflows", json={"name": "Reach", "sql": sql})
    body = {
        "name": "Daily", "workflow_id": workflow.json()["id"],
        "instance_id": str(desk.stage.instance_id), "window": {"kind": "rolling", "days": 7},
        "kind": DAILY, "destination_ids": [str(place)],
    }  # fmt: skip
    made = await desk.client.post("/schedules", json=body, headers=key())
    assert made.status_code == 201, made.text
    assert made.json()["destination_ids"] == [str(place)]
    path = f"/schedules/{made.json()['id']}"
    trial = await desk.client.post(f"{path}/trial", headers=key())
    assert trial.json()["destination_ids"] == []
    context = system_context(desk.stage.tenant_id)
    at = utc_now()
    maker = replace(context, actor_id=UUID(made.json()["created_by"]), permissions=RIGHTS)
    async with desk.stage.database.transaction(context) as session:
        await firing.fire_extra(
            session,
            context,
            schedule_id=UUID(made.json()["id"]),
            fire_at=at,
            now=at,
            maker=maker,
        )
    fired = (await desk.client.get("/runs", params={"origin": "schedule"})).json()["items"][0]
    run = await desk.stage.ended(UUID(fired["id"]))
    assert (await desk.settled(run))["state"] == "delivered"
    held = await desk.client.delete(f"/destinations/{place}")
    assert (held.status_code, held.json()["code"]) == (409, "amc_destination_in_use")
    assert "Daily" in held.json()["detail"]
    changed = await desk.client.patch(path, json={"destination_ids": []})
    assert changed.json()["destination_ids"] == []
    assert (await desk.client.delete(f"/destinations/{place}")).status_code == 204
    gone = await desk.client.patch(path, json={"destination_ids": [str(place)]})
    assert (gone.status_code, gone.json()["code"]) == (404, "amc_destination_not_found")
