"""A schedule runs in its maker's name, with the rights that one has when it fires."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from metatron.apps.amc.recurring import jobs
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from tests.apps.amc.catalogue.test_catalogue import an_instance
from tests.apps.amc.house import House, house_of
from tests.apps.amc.recurring.test_api import LAST_WEEK, WEEKLY, key
from tests.support.people import Door, new_email, running


@pytest.fixture(scope="module")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(settings, database) as application:
        yield application


@pytest.fixture
async def house(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[House]:
    door = Door(app, settings, database)
    yield await house_of(door)
    await door.close()


@pytest.fixture
async def schedule(house: House, database: Database) -> dict[str, Any]:
    """A schedule of the analyst's."""
    return await made_by(house.analyst, house, database)


async def made_by(client: Any, house: House, database: Database, **more: Any) -> dict[str, Any]:
    workflow = await house.workflow(**more)
    body = {
        "name": "Weekly reach", "workflow_id": workflow["id"],
        "instance_id": str(await an_instance(house, database)), "window": LAST_WEEK,
        "kind": WEEKLY,
    }  # fmt: skip
    answer = await client.post("/amc/schedules", json=body, headers=key())
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def fire(house: House, schedule: dict[str, Any]) -> dict[str, Any]:
    """Let the schedule's instant come, as the worker does; returns how it stands then."""
    path = f"/amc/schedules/{schedule['id']}"
    at = (await house.viewer.get(path)).json()["next_fire_at"]
    await jobs.fire_schedule(
        house.door.database, system_context(house.tenant.id), schedule_id=schedule["id"],
        fire_at=at, now=datetime.fromisoformat(at) + timedelta(seconds=1),
    )  # fmt: skip
    found: dict[str, Any] = (await house.viewer.get(path)).json()
    return found


async def firings(house: House, schedule: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await house.viewer.get(f"/amc/schedules/{schedule['id']}/runs")
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def boss(house: House) -> tuple[Any, str]:
    email = new_email("boss")
    return await house.door.signed_in(email, house.tenant.id, ("owner",)), email


async def member_id(client: Any, user_id: UUID | str) -> str:
    members = (await client.get("/members", params={"limit": 100})).json()["items"]
    return str(next(each["id"] for each in members if each["user_id"] == str(user_id)))


async def test_it_fires_while_its_maker_may_run(house: House, schedule: dict[str, Any]) -> None:
    later = await fire(house, schedule)
    assert (later["state"], later["created_by"]) == ("active", schedule["created_by"])
    [firing] = await firings(house, schedule)
    assert firing["outcome"] == "run"
    run = (await house.viewer.get(f"/amc/runs/{firing['run_id']}")).json()
    assert run["requested_by"] == schedule["created_by"]


@pytest.mark.parametrize("how", ["leaves", "may only read", "loses the client"])
async def test_it_rests_when_its_maker_may_not_run_any_more(
    house: House, schedule: dict[str, Any], how: str
) -> None:
    owner, email = await boss(house)
    who = await member_id(owner, schedule["created_by"])
    if how == "leaves":
        answer = await owner.delete(f"/members/{who}")
    elif how == "may only read":
        roles = (await owner.get("/roles")).json()["items"]
        auditor = next(each["id"] for each in roles if each["name"] == "auditor")
        answer = await owner.patch(f"/members/{who}", json={"role_ids": [auditor]})
    else:
        me = (await owner.get("/auth/me")).json()
        body = {"users": [{"user_id": me.get("user", me)["id"], "level": "edit"}], "roles": []}
        path = f"/amc/instances/{schedule['instance']['id']}/grants"
        answer = await owner.put(path, json=body)
    assert answer.is_success, answer.text
    path = f"/amc/schedules/{schedule['id']}"
    at = schedule["next_fire_at"]
    database, context = house.door.database, system_context(house.tenant.id)
    await jobs.fire_schedule(
        database, context, schedule_id=schedule["id"], fire_at=at,
        now=datetime.fromisoformat(at) + timedelta(seconds=1),
    )  # fmt: skip
    rests = (await owner.get(path)).json()
    assert (rests["state"], rests["pause_reason"]) == ("paused", "maker_gone")
    assert rests["failures_in_a_row"] == 0
    [firing] = (await owner.get(f"{path}/runs")).json()["items"]
    assert (firing["outcome"], firing["run_id"]) == ("refused", None)
    await jobs.tell_of_resting_schedule(
        database, context, schedule_id=schedule["id"], now=utc_now()
    )
    [mail] = [
        each
        for each in await house.door.mails(email, house.tenant.id)
        if each["template"] == "amc_schedule_without_maker"
    ]
    assert "Weekly reach" in mail["subject"]
    assert f"/amc/runs/schedules/{schedule['id']}" in mail["text"]
    assert (await owner.post(f"{path}/resume")).status_code == 409
    taken = await owner.post(f"{path}/take-over")
    assert taken.status_code == 200, taken.text
    assert (taken.json()["state"], taken.json()["pause_reason"]) == ("active", None)
    assert taken.json()["created_by"] != schedule["created_by"]


async def test_taking_over_needs_the_right_to_run_and_the_workflow(
    house: House, database: Database
) -> None:
    mine = await made_by(house.analyst, house, database, shared=False)
    path = f"/amc/schedules/{mine['id']}/take-over"
    assert (await house.viewer.post(path)).status_code == 403
    hidden = await house.other.post(path)
    assert (hidden.status_code, hidden.json()["code"]) == (404, "workflow_not_found")
    assert (await house.analyst.post(path)).status_code == 409, "it is theirs already"
    shared = await made_by(house.analyst, house, database)
    taken = await house.other.post(f"/amc/schedules/{shared['id']}/take-over")
    assert taken.status_code == 200, taken.text
    assert taken.json()["next_fire_at"] == shared["next_fire_at"]
    fired = await fire(house, shared)
    assert fired["state"] == "active"


async def test_a_key_that_was_rotated_goes_on_and_one_that_ended_does_not(
    house: House, database: Database
) -> None:
    owner, _ = await boss(house)
    application = (await owner.post("/applications", json={"name": "App"})).json()
    body = {
        "name": "Key", "application_id": application["id"],
        "scopes": ["amc:read", "amc:run", "amc:edit"],
    }  # fmt: skip
    made = (await owner.post("/api-keys", json=body)).json()
    program = house.door.browser()
    program.headers["x-api-key"] = made["key"]
    schedule = await made_by(program, house, database)
    assert (await fire(house, schedule))["state"] == "active"
    successor = await owner.post(f"/api-keys/{made['id']}/rotate", json={"overlap_seconds": 0})
    assert successor.is_success, successor.text
    assert (await fire(house, schedule))["state"] == "active"
    ended = await owner.delete(f"/api-keys/{successor.json()['id']}")
    assert ended.is_success, ended.text
    assert (await fire(house, schedule))["pause_reason"] == "maker_gone"


async def test_an_extra_run_is_one_however_often_its_job_comes(
    house: House, schedule: dict[str, Any]
) -> None:
    context = system_context(house.tenant.id)
    for _ in range(2):
        await jobs.fire_once_more(
            house.door.database, context, schedule_id=schedule["id"],
            fire_at="2026-11-20T10:00:00+00:00", now=utc_now(),
        )  # fmt: skip
    assert [each["kind"] for each in await firings(house, schedule)] == ["extra"]
    async with house.door.database.transaction(context) as session:
        runs = await session.scalar(
            # Beside them is the dry run that a new schedule is tried with.
            text("select count(*) from amc.run where tenant_id = :t and not dry_run"),
            {"t": house.tenant.id},
        )
    assert runs == 1


async def test_a_schedule_that_is_gone_fires_nothing(house: House) -> None:
    context = system_context(house.tenant.id)
    for job in (jobs.fire_schedule, jobs.fire_once_more):
        await job(
            house.door.database, context, schedule_id=str(new_id()),
            fire_at="2026-11-20T10:00:00+00:00", now=utc_now(),
        )  # fmt: skip
