"""What changes is told live to those who may open it: by client, and by private workflow."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from metatron.apps.amc.connections.audience import KINDS, who_may_hear
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.events.event import Event
from metatron.kernel.events.feed import id_at
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.interface import system_role_id
from tests.apps.amc.house import house_of
from tests.apps.amc.test_grants import SECRET_IDS, Shop, app, shop
from tests.platform.gateway.test_stream import opened

__all__ = ["app", "shop"]

FOR_ALL = {"connection", "catalogue", "destination", "guide"}
"""Nouns of events about what is no client's."""
OF_CLIENTS = sorted(set(KINDS) - {"workflow", "parameter", "alert"})


async def told(client: httpx.AsyncClient) -> str:
    """All that a person is told of the last hour."""
    since = {"last-event-id": str(id_at(utc_now() - timedelta(hours=1)))}
    answer = await client.get("/events/stream", headers=since)
    assert answer.status_code == 200, answer.text
    return answer.text


def betrayed(shop: Shop, text: str) -> list[str]:
    return [name for name in SECRET_IDS if shop.one(name) in text]


def test_every_event_of_amc_has_an_audience(app: FastAPI) -> None:
    every = {getattr(each, "name", "") for each in _all(Event)}
    names = {name for name in every if name.startswith("amc.")}
    assert len(names) > 30
    nouns = {name.split(".")[1].partition("_")[0] for name in names}
    assert nouns <= set(KINDS) | FOR_ALL, "say in `audience.KINDS` what the event is about"


def _all(kind: Any) -> list[Any]:
    return [each for one in kind.__subclasses__() for each in (one, *_all(one))]


async def touch(shop: Shop) -> None:
    """Let something happen to everything of the client."""
    one, client = shop.one, shop.client
    for method, path, body in (
        ("PATCH", f"instances/{one('instance_id')}", {"brands": ["x"]}),
        ("PUT", f"instances/{one('instance_id')}/mapping", {"brands": []}),
        ("POST", f"schedules/{one('schedule_id')}/pause", None),
        ("PATCH", f"collections/{one('collection_id')}", {"name": "Anew"}),
        ("POST", f"collections/{one('collection_id')}/pause", None),
        ("PATCH", f"boards/{one('board_id')}", {"name": "Anew"}),
        ("DELETE", f"snapshots/{one('snapshot_id')}", None),
        ("POST", f"alerts/{one('alert_id')}/test", None),
    ):
        answer = await client.request(method, f"/amc/{path}", json=body)
        assert answer.is_success, (path, answer.text)
    assert (await client.get(f"/amc/runs/{one('run_id')}/export?format=csv")).is_success


async def test_nobody_is_told_of_clients_they_may_not_see(shop: Shop) -> None:
    before = await told(shop.stranger)
    assert {"run_id", "schedule_id", "collection_id", "instance_id"} <= set(betrayed(shop, before))
    await shop.grant(users=[(shop.friend_id, "edit")])
    await touch(shop)
    heard, friends, owners = [
        await told(each) for each in (shop.stranger, shop.friend, shop.client)
    ]
    assert betrayed(shop, heard) == []
    assert shop.one("alert_id") not in heard, "it is on a schedule of the client"
    for noun in OF_CLIENTS:
        assert f'"amc.{noun}_' not in heard, noun
    assert "amc.workflow_created.v1" in heard
    for text in (friends, owners):
        assert {"run_id", "schedule_id", "collection_id", "board_id"} <= set(betrayed(shop, text))
        assert shop.one("alert_id") in text
        for noun in ("run", "schedule", "collection", "board", "mapping", "instance"):
            assert f'"amc.{noun}_' in text, noun


async def test_two_members_watch_at_once(app: FastAPI, shop: Shop) -> None:
    await shop.grant(roles=[(system_role_id("organiser"), "read")])
    path = f"/amc/schedules/{shop.one('schedule_id')}"
    async with opened(app, shop.friend) as friend, opened(app, shop.stranger) as stranger:
        await shop.client.post(f"{path}/pause")
        await friend.until("amc.schedule_paused.v1")
        await stranger.until("amc.schedule_paused.v1")
        before = len(stranger.text)
        await shop.grant(users=[(shop.friend_id, "read")])
        await friend.until("amc.instance_grants_changed.v1")
        await shop.client.post(f"{path}/resume")
        await friend.until("amc.schedule_resumed.v1")
        changed = await shop.client.patch(
            f"/amc/workflows/{shop.one('workflow_id')}", json={"description": "Anew"}
        )
        assert changed.is_success, changed.text
        await stranger.until("amc.workflow_changed.v1")
        assert "amc.schedule_resumed.v1" not in stranger.text
        assert "amc.instance_grants_changed.v1" not in stranger.text[before:]


async def test_the_end_of_what_is_gone_is_told_to_who_sees_every_client(shop: Shop) -> None:
    await shop.grant(users=[(shop.friend_id, "edit")])
    gone = await shop.client.delete(f"/amc/schedules/{shop.one('schedule_id')}")
    assert gone.is_success, gone.text
    name = "amc.schedule_removed.v1"
    assert name in await told(shop.client)
    assert name not in await told(shop.stranger)
    await shop.grant()
    assert name in await told(shop.stranger), "no client is granted to anybody"


@pytest.mark.parametrize("shared", [False, True])
async def test_a_private_workflow_is_told_of_to_its_owner(shop: Shop, shared: bool) -> None:
    house = await house_of(shop.door)
    made = await house.analyst.post(
        "/amc/workflows", json={"name": "Mine", "sql": "SELECT 1", "shared": shared}
    )
    assert made.status_code == 201, made.text
    assert made.json()["id"] in await told(house.analyst)
    assert (made.json()["id"] in await told(house.other)) is shared


async def test_hundreds_of_events_are_one_question(shop: Shop) -> None:
    """It is asked with each look at the log, however many watch: never for each who listens."""
    await shop.grant(users=[(shop.friend_id, "edit")])
    context = system_context(shop.tenant_id)
    direct = await shop.door.database.direct(context)
    events = [(UUID(int=n), "amc.run_moved.v1", UUID(shop.one("run_id"))) for n in range(500)]
    found = await who_may_hear(direct, context, events)
    assert found == {event_id: frozenset({shop.friend_id}) for event_id, _, _ in events}
    assert await who_may_hear(direct, context, [(UUID(int=1), "amc.guide_read.v1", new_id())]) == {}
