"""Schedules through the API."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from metatron.apps.amc.edge import Page
from metatron.apps.amc.recurring import answers
from metatron.kernel.clock import utc_now
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from tests.apps.amc.catalogue.test_catalogue import an_instance
from tests.apps.amc.house import House, house_of
from tests.support.people import Door, running

WEEKLY = {"kind": "after_data", "unit": "week"}
LAST_WEEK = {"kind": "calendar", "unit": "week", "back": 1}


@pytest.fixture(scope="module")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(settings, database) as application:
        yield application


@pytest.fixture
async def house(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[House]:
    door = Door(app, settings, database)
    yield await house_of(door)
    await door.close()


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


async def made(house: House, database: Database, **changes: Any) -> dict[str, Any]:
    workflow = await house.workflow()
    body = {
        "name": "Weekly reach", "workflow_id": workflow["id"],
        "instance_id": str(await an_instance(house, database)), "window": LAST_WEEK,
        "kind": WEEKLY, "time_zone": "Europe/Berlin",
    }  # fmt: skip
    answer = await house.analyst.post("/amc/schedules", json=body | changes, headers=key())
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_schedule_is_made_shown_and_changed(house: House, database: Database) -> None:
    first = await made(house, database)
    told = answers.ScheduleAnswer.model_validate(first)
    assert (told.state, told.catch_up, told.auto_pause_after) == ("active", "last", 3)
    assert told.next_fire_at is not None
    path = f"/amc/schedules/{first['id']}"
    shown = await house.viewer.get(path)
    assert shown.json() == first
    change = {"kind": {"kind": "cron", "expression": "0 6 * * *"}, "auto_pause_after": None}
    changed = await house.analyst.patch(
        path, json=change, headers={"If-Match": shown.headers["etag"]}
    )
    assert changed.status_code == 200, changed.text
    assert (changed.json()["auto_pause_after"], changed.json()["name"]) == (None, "Weekly reach")
    assert changed.json()["next_fire_at"] < first["next_fire_at"]
    late = await house.other.patch(path, json=change, headers={"If-Match": '"1"'})
    assert late.status_code == 412
    assert (await house.viewer.patch(path, json=change)).status_code == 403
    listed = await house.viewer.get("/amc/schedules", params={"limit": 1})
    page = Page[answers.ScheduleAnswer].model_validate(listed.json())
    assert [str(row.id) for row in page.items] == [first["id"]]


async def test_a_new_schedule_asks_for_a_dry_run(house: House, database: Database) -> None:
    schedule = await made(house, database)
    instance_id = schedule["instance"]["id"]
    runs = (await house.viewer.get("/amc/runs", params={"instance_id": instance_id})).json()
    assert [(each["origin"], each["dry_run"]) for each in runs["items"]] == [("trial", True)]


async def test_pause_resume_and_remove(house: House, database: Database) -> None:
    path = f"/amc/schedules/{(await made(house, database))['id']}"
    paused = await house.analyst.post(f"{path}/pause")
    assert (paused.json()["state"], paused.json()["next_fire_at"]) == ("paused", None)
    again = await house.analyst.post(f"{path}/pause")
    assert (again.status_code, again.json()["code"]) == (409, "amc_schedule_not_possible")
    assert (await house.analyst.post(f"{path}/resume")).json()["state"] == "active"
    assert (await house.analyst.delete(path)).status_code == 204
    for method, rest in (("get", ""), ("get", "/runs"), ("post", "/pause"), ("post", "/resume")):
        assert (await house.analyst.request(method, path + rest)).status_code == 404


async def test_an_extra_run_is_asked_for_within_a_day(house: House, database: Database) -> None:
    path = f"/amc/schedules/{(await made(house, database))['id']}"
    for ahead, status in ((timedelta(hours=1), 204), (timedelta(days=2), 422)):
        body = {"at": (utc_now() + ahead).isoformat()}
        answer = await house.analyst.post(f"{path}/extra", json=body, headers=key())
        assert answer.status_code == status, answer.text
    trial = await house.analyst.post(f"{path}/trial", headers=key())
    assert trial.status_code == 202, trial.text
    assert (trial.json()["origin"], trial.json()["state"]) == ("trial", "queued")
    firings = await house.viewer.get(f"{path}/runs")
    assert Page[answers.FiringAnswer].model_validate(firings.json()).items == []


async def test_the_next_firings_and_windows_are_shown(house: House) -> None:
    body = {"kind": WEEKLY, "window": LAST_WEEK, "time_zone": "Europe/Berlin"}
    answer = await house.viewer.post("/amc/schedules/preview", json=body)
    told = answers.PreviewAnswer.model_validate(answer.json())
    assert (len(told.firings), len(told.windows)) == (10, 3)
    assert all(span.start.endswith("T00:00:00") for span in told.windows)
    assert told.windows[0].end == told.windows[1].start


async def test_home_names_what_is_due(house: House, database: Database) -> None:
    soon = {"kind": "cron", "expression": "*/30 * * * *"}
    schedule = await made(house, database, kind=soon)
    due = (await house.viewer.get("/amc/home")).json()["due_24h"]
    assert [each["id"] for each in due] == [schedule["id"]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": {"kind": "cron", "expression": "* * * * * *; drop table amc.run"}},
        {"kind": {"kind": "cron", "expression": "0 0 30 2 *"}},
        {"kind": {"kind": "every_days", "days": 0, "anchor_on": "2026-01-01", "at": "06:00"}},
        {"kind": {"kind": "business_day", "nth": 0, "at": "06:00"}},
        {"kind": {"kind": "business_day", "nth": 1, "at": "24:00"}},
        {"time_zone": "Mars/Olympus"},
        {"window": {"kind": "rolling", "days": 0}},
        {"values": {"unknown": 1}},
        {"name": ""},
    ],
)
async def test_what_cannot_fire_is_refused(
    house: House, database: Database, wrong: dict[str, Any]
) -> None:
    path = f"/amc/schedules/{(await made(house, database))['id']}"
    answer = await house.analyst.patch(path, json=wrong)
    assert answer.status_code == 422, answer.text
