"""A module that an organisation has switched off answers nobody there, at once."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.registry import Registry
from metatron.platform.tenancy import site as tenancy_site
from metatron.platform.tenancy.switches import Paused, set_module
from metatron.processes import all_modules
from tests.support.people import Door, new_email

WITHIN_SECONDS = 3.0
"""Far less than the gate keeps facts without being told."""


async def _until(client: httpx.AsyncClient, path: str, status: int) -> httpx.Response:
    async with asyncio.timeout(WITHIN_SECONDS):
        while (answer := await client.get(path)).status_code != status:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return answer


async def _key_client(door: Door, owner: httpx.AsyncClient) -> httpx.AsyncClient:
    application = (await owner.post("/applications", json={"name": "Reader"})).json()
    made = await owner.post(
        "/api-keys",
        json={"name": "K", "application_id": application["id"], "scopes": ["campaigns:read"]},
    )
    client = door.browser()
    client.headers["x-api-key"] = made.json()["key"]
    return client


async def test_a_switched_off_module_answers_nobody(door: Door) -> None:
    email, other_email = new_email("owner"), new_email("other")
    here, elsewhere = await door.organisation(email), await door.organisation(other_email)
    owner = await door.signed_in(email, here.id)
    other = await door.signed_in(other_email, elsewhere.id)
    key = await _key_client(door, owner)
    anybody = door.browser()
    public = f"/public/{here.slug}/campaigns"
    shown = await owner.patch("/campaign-settings", json={"public_discovery": True})
    assert shown.status_code == 200, shown.text
    for client in (owner, other, key):
        assert (await client.get("/campaigns")).status_code == 200
    assert (await anybody.get(public)).status_code == 200

    switched = await owner.patch("/modules/campaigns", json={"is_enabled": False})
    assert switched.status_code == 200, switched.text
    for client in (owner, key):
        refused = await _until(client, "/campaigns", 403)
        assert refused.json()["code"] == "module_disabled"
    assert (await owner.post("/campaigns", json={"title": "A"})).json()["code"] == "module_disabled"
    assert (await anybody.get(public)).status_code == 404
    assert (await owner.get("/members")).status_code == 200
    assert (await other.get("/campaigns")).status_code == 200

    await owner.patch("/modules/campaigns", json={"is_enabled": True})
    for client in (owner, key):
        await _until(client, "/campaigns", 200)
    assert (await anybody.get(public)).status_code == 200


async def test_settings_are_changed_where_they_are_read(door: Door) -> None:
    """No configuration is taken that nobody would act on; the answer says where it is taken."""
    email = new_email("owner")
    facts = await door.organisation(email)
    owner = await door.signed_in(email, facts.id)
    listed = (await owner.get("/modules")).json()["items"]
    assert {each["name"] for each in listed if each["settings_path"]} == {"campaigns", "approvals"}
    # How long an erasure waits is taken here (tests/platform/personal_data).
    elsewhere = [each for each in listed if each["name"] != "personal_data"]
    assert len(elsewhere) == len(listed) - 1
    for module in elsewhere:
        assert module["configuration"] == {}, module
        body = {"configuration": {"inspection_days": 9}}
        refused = await owner.patch(f"/modules/{module['name']}", json=body)
        assert refused.status_code == 422, module
        [error] = refused.json()["errors"]
        assert error["code"] == "not_configurable"
        path = module["settings_path"]
        if path:
            assert path in error["hint"]
            assert (await owner.get(path)).status_code == 200
            assert (await owner.patch(path, json={})).is_success
    changed = await owner.patch("/campaign-settings", json={"inspection_days": 9})
    assert changed.json()["inspection_days"] == 9
    assert (await owner.get("/campaign-settings")).json()["inspection_days"] == 9


@pytest.mark.parametrize("handler", ["campaigns.close", "campaigns.tell"])
async def test_its_jobs_wait_and_nobody_elses(door: Door, database: Database, handler: str) -> None:
    here, elsewhere = await door.organisation(), await door.organisation()
    registry = Registry(all_modules())
    registry.paused = Paused(database.system).is_paused
    context = replace(system_context(here.id), permissions=frozenset({"tenancy:settings"}))
    assert not await registry.is_paused(handler, here.id)
    async with database.transaction(context, door="home") as session:
        await set_module(session, context, name="campaigns", is_enabled=False, now=utc_now())
    assert await registry.is_paused(handler, here.id)
    assert not await registry.is_paused(handler, elsewhere.id)
    assert not await registry.is_paused("payments.send", here.id)


async def test_jobs_of_suspended_organisations_wait_but_what_is_owed_is_paid(
    door: Door, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = await door.organisation()
    sandbox = await door.organisation(is_sandbox=True)
    registry = Registry(all_modules())
    registry.paused = Paused(database.system).is_paused

    async def waiting() -> list[bool]:
        return [
            await registry.is_paused(handler, tenant.id)
            for tenant in (real, sandbox)
            for handler in ("amc.fire_schedule", "campaigns.close", "payments.send_instruction")
        ]

    assert {"amc.fire_schedule", "campaigns.close", "payments.send_instruction"} <= set(
        registry.jobs
    )
    assert await waiting() == [False] * 6
    change = "update tenancy.tenant set state = $2 where id = any($1)"
    await database.system.execute(change, [real.id, sandbox.id], "suspended")
    # A real campaign refunds by its deadline whoever is suspended; a sandbox owes nobody anything.
    assert await waiting() == [True, False, False, True, True, False]
    await database.system.execute(change, [real.id, sandbox.id], "active")
    assert await waiting() == [False] * 6
    here = tenancy_site.site()
    stripe = here.settings.model_copy(update={"payments_provider": "stripe"})
    monkeypatch.setattr(tenancy_site, "_site", replace(here, settings=stripe))
    assert await waiting() == [False, False, False, True, True, False]
