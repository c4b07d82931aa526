"""A schedule is handed to Amazon, handed over again, and taken back."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from metatron.apps.amc.library.saving import create_workflow
from metatron.apps.amc.module import MODULE
from metatron.apps.amc.permissions import READ
from metatron.apps.amc.recurring import answers, setting
from metatron.apps.amc.recurring.exporting import EXPORT_JOB
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.ids import new_id
from tests.apps.amc.runs.stage import RIGHTS, Stage
from tests.doorkeeper import application, client_of

WEEKLY = {"kind": "cron", "expression": "0 6 * * mon"}
LAST_WEEK = {"kind": "calendar", "unit": "week", "back": 1}
PARAMETERS = [
    {"name": "words", "list": True}, {"name": "source", "kind": "table", "options": ["dsp_clicks"]},
]  # fmt: skip
SQL = (
    "SELECT campaign, COUNT(DISTINCT user_id) AS reach\nFROM {{source}} -- theirs\n"
    "WHERE CONTAINED_IN(campaign, CUSTOM_PARAMETER('words')) GROUP BY campaign"
)


@pytest.fixture
async def app(stage: Stage) -> Any:
    made = application(stage.runtime.settings, stage.database, (MODULE,))
    made.state.gate.known |= {
        "owner": stage.owner,
        "reader": Context(stage.tenant_id, "user", new_id(), frozenset({READ})),
        "stranger": Context(new_id(), "user", new_id(), RIGHTS),
    }
    return made


@pytest.fixture
async def client(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, "owner") as made:
        made.base_url = httpx.URL("http://testserver/api/v1/amc/schedules")
        yield made


async def path_of(stage: Stage, **changes: Any) -> str:
    async with stage.database.transaction(stage.owner) as session:
        workflow = await create_workflow(
            session, stage.owner, about={"name": "Reach"},
            text={"sql": SQL, "parameters": PARAMETERS, "privacy": "REMOVE_VALUES"}, now=utc_now(),
        )  # fmt: skip
        wanted = {
            "name": "Weekly reach", "workflow_id": workflow.id, "instance_id": stage.instance_id,
            "values": {"words": ["A", "B"], "source": "dsp_clicks"}, "window_rule": LAST_WEEK,
            "rhythm": WEEKLY, "time_zone": "UTC", "catch_up": "last", "auto_pause_after": 3,
        }  # fmt: skip
        made = await setting.make_schedule(
            session, stage.owner, wanted=wanted | changes, now=utc_now()
        )
    return f"/{made.id}/amc-schedule"


def kept(stage: Stage, table: str, path: str) -> list[dict[str, Any]]:
    """What stands in Amazon's books under the schedule's name."""
    name = f"metatron-{path.split('/')[1].replace('-', '')}"
    rows = stage.amazon.change(f"select document from {table} where {table}_id = ?", name)
    return [json.loads(row[0]) for row in rows]


async def state_of(client: httpx.AsyncClient, path: str) -> Any:
    shown = (await client.get(path.rpartition("/")[0])).json()
    return answers.ScheduleAnswer.model_validate(shown).amc_export


async def test_a_weekly_schedule_goes_to_amazon_and_back(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    path = await path_of(stage)
    told = answers.FitAnswer.model_validate((await client.get(path)).json())
    assert told.native is not None
    assert (told.native.period, told.native.start_day, told.native.hour_utc) == (
        "Weekly", "Monday", 6,
    )  # fmt: skip
    asked = await client.put(path)
    assert (asked.status_code, asked.json()["amc_export"]["state"]) == (202, "asked"), asked.text
    assert kept(stage, "schedule", path) == [], "the answer waits for no call"
    await stage.step()
    assert (await state_of(client, path)).state == "kept"
    (schedule,) = kept(stage, "schedule", path)
    assert (schedule["aggregationPeriod"], schedule["aggregationStartDay"]) == ("Weekly", "Monday")
    (workflow,) = kept(stage, "workflow", path)
    assert "FROM dsp_clicks WHERE" in " ".join(workflow["sqlQuery"].split())
    (words,) = workflow["inputParameters"]
    assert (words["name"], words["defaultValue"]) == ("words", ["A", "B"])
    assert workflow["privacyFilteringBehavior"] == "REMOVE_VALUES"
    assert (await client.delete(path)).json()["amc_export"]["state"] == "leaving"
    await stage.step()
    assert await state_of(client, path) is None
    assert kept(stage, "schedule", path) == kept(stage, "workflow", path) == []
    assert (await client.delete(path)).status_code == 409


async def test_the_same_again_replaces_it(client: httpx.AsyncClient, stage: Stage) -> None:
    path = await path_of(stage)
    await client.put(path)
    await stage.step()
    (schedule,) = kept(stage, "schedule", path)
    assert not schedule.get("requireSyntheticData")
    await stage.change("update amc.instance set is_sandbox = true where tenant_id = :t")
    await stage.again(EXPORT_JOB, schedule_id=path.split("/")[1])
    change = {
        "kind": {"kind": "cron", "expression": "0 9 * * tue"},
        "values": {"words": ["C"], "source": "dsp_clicks"},
    }
    changed = await client.patch(path.rpartition("/")[0], json=change)
    assert changed.status_code == 200, changed.text
    await client.put(path)
    await stage.step()
    (schedule,) = kept(stage, "schedule", path)
    assert (schedule["aggregationStartDay"], schedule["aggregationHourUtc"]) == ("Tuesday", 9)
    assert schedule["requireSyntheticData"], "as Amazon wants it of a sandbox"
    (workflow,) = kept(stage, "workflow", path)
    assert workflow["inputParameters"][0]["defaultValue"] == ["C"]


async def test_removed_here_it_goes_there_too(client: httpx.AsyncClient, stage: Stage) -> None:
    path = await path_of(stage)
    await client.put(path)
    await stage.step()
    assert kept(stage, "schedule", path)
    assert (await client.delete(path.rpartition("/")[0])).status_code == 204
    await stage.step()
    assert kept(stage, "schedule", path) == kept(stage, "workflow", path) == []


async def test_taken_back_before_it_came_there_nothing_is_left(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    path = await path_of(stage)
    await client.put(path)
    await client.delete(path)
    await stage.step()
    await stage.step()
    assert kept(stage, "schedule", path) == []
    assert await state_of(client, path) is None


async def test_amazons_no_is_told(client: httpx.AsyncClient, stage: Stage) -> None:
    path = await path_of(stage)
    await stage.step()  # what connecting has left to do would find the instance again
    await client.put(path)
    await stage.change("update amc.instance set gone_at = now() where tenant_id = :t")
    await stage.step()
    told = await state_of(client, path)
    assert (told.state, bool(told.reason)) == ("failed", True)


async def test_what_does_not_fit_is_refused(client: httpx.AsyncClient, stage: Stage) -> None:
    path = await path_of(stage, time_zone="Europe/Berlin")
    told = (await client.get(path)).json()
    assert (told["native"], "summer time" in told["reason"]) == (None, True)
    refused = await client.put(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "amc_schedule_does_not_fit")
    assert await state_of(client, path) is None


async def test_only_who_may_edit_hands_it_over(app: Any, stage: Stage) -> None:
    path = await path_of(stage)
    for who, seen, done in (("reader", 200, 403), ("stranger", 404, 404)):
        async with client_of(app, who) as someone:
            someone.base_url = httpx.URL("http://testserver/api/v1/amc/schedules")
            assert (await someone.get(path)).status_code == seen
            assert (await someone.put(path)).status_code == done
            assert (await someone.delete(path)).status_code == done


async def test_its_own_instants_stay(client: httpx.AsyncClient, stage: Stage) -> None:
    path = await path_of(stage)
    before = (await client.get(path.rpartition("/")[0])).json()["next_fire_at"]
    after = (await client.put(path)).json()
    assert (after["next_fire_at"], after["state"]) == (before, "active")
