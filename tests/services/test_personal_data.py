"""Copies and erasures where services run apart: asked of `core`, done by the worker and `auth`."""

import asyncio
import io
import time
import zipfile
from datetime import datetime
from typing import Any

import httpx
from first_campaign import Staff, prepare
from first_campaign_client import Person as Caller

from metatron.platform.personal_data.configuration import Configuration
from tests.browser.people import Suite
from tests.services.apart import ADMIN_KEY, Apart
from tests.support.people import new_email

PATIENCE_SECONDS = 60.0
DAY = 86_400


async def _joined(suite: Suite, staff: Staff) -> tuple[Caller, str]:
    """Somebody new in the demo's organisation, and their id."""
    clock = await staff.reviewer.get("/clock")
    campaign = await prepare(staff, "apart", 5, datetime.fromisoformat(clock["now"]))
    person = Caller(suite.base_url, new_email("apart"))
    await person.sign_in()
    joined = await person.post(f"/campaigns/{campaign['id']}/join", {})
    await person.switch(joined["tenant_id"])
    return person, (await person.get("/auth/me"))["user"]["id"]


async def _done(who: Caller, path: str, request_id: str) -> dict[str, Any]:
    ends = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = (await who.get(path))["items"]
        row: dict[str, Any] = next(each for each in found if each["id"] == request_id)
        if row["state"] == "done":
            return row
        assert time.monotonic() < ends, row
        await asyncio.sleep(0.3)


async def test_a_copy_and_an_erasure_where_services_run_apart(
    apart: Apart, suite: Suite, staff: Staff
) -> None:
    person, user_id = await _joined(suite, staff)
    asked = await person.post("/personal-data/exports", {})
    made = await _done(person, "/personal-data/exports", asked["id"])
    async with httpx.AsyncClient(base_url=suite.base_url, verify=False) as anybody:
        archive = await anybody.get(made["link"])
    assert archive.status_code == 200, archive.text
    names = set(zipfile.ZipFile(io.BytesIO(archive.content)).namelist())
    assert {"index.md", "identity/devices.json", "campaigns/commitments.json"} <= names

    asked = await person.post("/personal-data/erasures", {})
    async with httpx.AsyncClient(base_url=apart.at("admin"), trust_env=False) as operator:
        answer = await operator.get(
            "/api/v1/admin/personal-data", headers={"x-admin-key": ADMIN_KEY}
        )
    assert answer.status_code == 200, answer.text
    told = {row["id"]: row for row in answer.json()["items"]}
    assert (told[asked["id"]]["user_id"], told[asked["id"]]["email"]) == (user_id, person.email)
    days = Configuration().cooling_off_days
    await staff.reviewer.post("/clock/advance", {"seconds": days * DAY + 60})
    shown = await _done(staff.reviewer, "/personal-data/erasures", asked["id"])
    fates = {step["name"]: step["fate"] for step in shown["steps"]}
    assert (fates["identity.account"], fates["campaigns.commitments"]) == ("erased", "kept")
    former = (await staff.reviewer.get("/members/former"))["items"]
    assert {row["user_id"]: row["is_erased"] for row in former}[user_id]
    await person.close()
    again = Caller(suite.base_url, person.email)
    await again.sign_in()
    assert (await again.get("/auth/me"))["user"]["id"] != user_id, "another person by that address"
    await again.close()
