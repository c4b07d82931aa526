"""The alerts of somebody who has left, or may not read any more, tell nothing to anybody."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from metatron.apps.amc.runs import alert_makers, alerts, webhooks
from metatron.apps.amc.runs.jobs import tell_of_resting_alert
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from tests.apps.amc.runs.test_api import Listener, listener
from tests.apps.amc.test_grants import Shop, shop
from tests.support.people import running

__all__ = ["listener", "shop"]
_JOBS = "select arguments from kernel.outbox where tenant_id = $1 and name = $2"
_FIRED = text("select count(*) from amc.alert_firing where alert_id = :id")


@pytest.fixture(scope="module")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    told = settings.model_copy(update={"webhooks_to_private_addresses": True})
    async with running(told, database) as application:
        yield application


async def alert_of_friend(shop: Shop, url: str) -> dict[str, Any]:
    """One that holds on every result, by mail and by webhook."""
    body = {
        "name": "Rows", "workflow_id": shop.one("workflow_id"),
        "condition": {"op": ">", "value": 0},
        "channels": [
            {"kind": "mail", "to": f"{shop.marker}@example.org"}, {"kind": "webhook", "url": url},
        ],
    }  # fmt: skip
    answer = await shop.friend.post("/amc/alerts", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    [question] = await shop.door.mails(f"{shop.marker}@example.org", shop.tenant_id)
    token = question["text"].split("/s/amc/alerts/")[1].split()[0]
    said = await shop.door.browser().post(
        "/public/amc/alert-addresses/confirm", json={"token": token}
    )
    assert said.status_code == 200, said.text
    return made


async def as_shown(shop: Shop, alert: dict[str, Any]) -> dict[str, Any]:
    listed = (await shop.client.get("/amc/alerts")).json()["items"]
    found: dict[str, Any] = next(each for each in listed if each["id"] == alert["id"])
    return found


async def part_with(shop: Shop, how: str) -> None:
    members = (await shop.client.get("/members", params={"limit": 100})).json()["items"]
    member = next(each["id"] for each in members if each["user_id"] == str(shop.friend_id))
    if how == "leaves":
        answer = await shop.client.delete(f"/members/{member}")
    elif how == "loses the client":
        answer = await shop.grant(users=[(await owner_id(shop), "edit")])
    else:
        roles = (await shop.client.get("/roles")).json()["items"]
        role = next(each["id"] for each in roles if each["name"] == how)
        answer = await shop.client.patch(f"/members/{member}", json={"role_ids": [role]})
    assert answer.is_success, answer.text


async def owner_id(shop: Shop) -> str:
    me = (await shop.client.get("/auth/me")).json()
    return str(me.get("user", me)["id"])


async def judge(shop: Shop, *, days: int = 1) -> list[dict[str, Any]]:
    """Hold the run against the alerts, days later; returns the webhooks to be told."""
    context = system_context(shop.tenant_id)
    now = utc_now() + timedelta(days=days)
    await alerts.judge(shop.door.database, context, run_id=UUID(shop.one("run_id")), now=now)
    rows = await shop.door.database.system.fetch(_JOBS, shop.tenant_id, webhooks.SEND_JOB)
    return [orjson.loads(row["arguments"]) for row in rows]


async def send(shop: Shop, message: dict[str, Any]) -> None:
    ids = {name: UUID(message.pop(name)) for name in ("alert_id", "run_id")}
    context = system_context(shop.tenant_id)
    await webhooks.send(shop.door.database, context, **ids, **message, now=utc_now())


async def mails(shop: Shop) -> list[str]:
    told = await shop.door.mails(f"{shop.marker}@example.org", shop.tenant_id)
    return [each["subject"] for each in told[1:]]  # after the question whether they may come


@pytest.mark.parametrize("how", ["stays", "auditor"])
async def test_it_tells_while_its_maker_may_read(
    shop: Shop, listener: tuple[Listener, str], how: str
) -> None:
    came, url = listener
    alert = await alert_of_friend(shop, url)
    if how != "stays":
        await part_with(shop, how)
    [message] = await judge(shop)
    await send(shop, message)
    assert await mails(shop) == ["Rows: 1"]
    [(_, sent)] = came.came
    assert orjson.loads(sent)["alert"]["id"] == alert["id"]


@pytest.mark.parametrize("how", ["leaves", "participant", "loses the client"])
async def test_it_tells_nobody_when_its_maker_may_not(
    shop: Shop, listener: tuple[Listener, str], how: str
) -> None:
    came, url = listener
    alert = await alert_of_friend(shop, url)
    await part_with(shop, how)
    assert await judge(shop) == []
    assert (await mails(shop), came.came) == ([], [])
    async with shop.door.database.transaction(system_context(shop.tenant_id)) as session:
        assert await session.scalar(_FIRED, {"id": alert["id"]}) == 0
    shown = await as_shown(shop, alert)
    assert (shown["rests_since"] is not None) == (how != "loses the client")
    removed = await shop.client.delete(f"/amc/alerts/{alert['id']}")
    assert removed.status_code == 204, "who sets up clients finds it and can take it away"


async def test_who_can_act_is_told_once_and_it_goes_on_when_its_maker_is_back(
    shop: Shop, listener: tuple[Listener, str]
) -> None:
    _, url = listener
    alert = await alert_of_friend(shop, url)
    owner = (await shop.client.get("/auth/me")).json()["user"]["email"]
    await part_with(shop, "participant")
    for _ in range(2):
        assert await judge(shop) == []
    jobs = await shop.door.database.system.fetch(_JOBS, shop.tenant_id, alert_makers.TELL_JOB)
    assert [orjson.loads(each["arguments"]) for each in jobs] == [{"alert_id": alert["id"]}]
    context = system_context(shop.tenant_id)
    await tell_of_resting_alert(shop.door.database, context, alert_id=alert["id"], now=utc_now())
    subjects = [each["subject"] for each in await shop.door.mails(owner, shop.tenant_id)]
    assert subjects.count("The alert Rows needs somebody") == 1
    await part_with(shop, "analyst")
    assert len(await judge(shop)) == 1
    shown = await as_shown(shop, alert)
    assert shown["rests_since"] is None
    await tell_of_resting_alert(shop.door.database, context, alert_id=alert["id"], now=utc_now())
    again = [each["subject"] for each in await shop.door.mails(owner, shop.tenant_id)]
    assert again.count("The alert Rows needs somebody") == 1, "it rests no more"


async def test_taken_over_as_it_is_it_goes_on(shop: Shop, listener: tuple[Listener, str]) -> None:
    _, url = listener
    alert = await alert_of_friend(shop, url)
    await part_with(shop, "leaves")
    assert await judge(shop) == []
    taken = await shop.client.patch(
        f"/amc/alerts/{alert['id']}", json={"condition": alert["condition"]}
    )
    assert taken.status_code == 200, taken.text
    shown = taken.json()
    owner = (await shop.client.get("/auth/me")).json()["user"]["id"]
    assert (shown["rests_since"], shown["created_by"]) == (None, owner)
    assert shown["channels"] == alert["channels"], "it tells whom it told"
    assert len(await judge(shop)) == 1


async def test_a_webhook_on_its_way_is_called_back(
    shop: Shop, listener: tuple[Listener, str]
) -> None:
    """It may be tried again for hours: the maker's rights count when it is sent."""
    came, url = listener
    await alert_of_friend(shop, url)
    [message] = await judge(shop)
    await part_with(shop, "leaves")
    await send(shop, message)
    assert came.came == []
