"""Somebody with a client of their own puts the ids of a hidden one's things wherever an id goes.

Which fields and parameters these are is found in the OpenAPI document.
"""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from metatron.kernel.context import system_context
from tests.apps.amc.client_routes import ALERT
from tests.apps.amc.test_grants import FURNISHING, Shop, app, shop
from tests.contract.text_places import Place, all_places, send

__all__ = ["app", "shop"]

HIDDEN = {
    "instance_id": "instance_id", "instance_ids": "instance_id", "run_id": "run_id",
    "left": "run_id", "right": "run_id", "schedule_id": "schedule_id",
    "origin_id": "schedule_id", "collection_id": "collection_id", "segment_ids": "segment_ids",
    "board_id": "board_id", "alert_id": "alert_id", "overrides": "instance_id",
    "delivery_id": "delivery_id",
}  # fmt: skip
"""The name of a field or parameter -> which of the hidden client's things goes there."""
_OF_CLIENT = {
    "instance": "id", "run": "instance_id", "schedule": "instance_id", "mapping": "instance_id",
    "collection_client": "instance_id", "segment": "instance_id",
}  # fmt: skip


@pytest.fixture
async def own(shop: Shop) -> Shop:
    """Another client of the organisation with one of everything, granted to the stranger alone."""
    made = Shop(
        f"o{shop.marker[1:]}", shop.tenant_id, shop.client, shop.door, shop.friend,
        shop.friend_id, shop.stranger,
    )  # fmt: skip
    realm: Any = made
    for furnish in FURNISHING:
        await furnish(realm)
    body = {key: made.one("schedule_id") if value == "" else value for key, value in ALERT.items()}
    alert = await made.client.post("/amc/alerts", json=body)
    assert alert.status_code == 201, alert.text
    for name, value in (
        ("alert_id", alert.json()["id"]), ("left", made.one("run_id")),
        ("right", made.one("run_id")),
    ):  # fmt: skip
        made.note(name, value)
    me = (await shop.stranger.get("/auth/me")).json()
    await shop.grant(users=[(shop.friend_id, "edit")])
    await made.grant(users=[(me.get("user", me)["id"], "edit")])
    return made


class Asking(Shop):
    """The stranger, who asks about their own things."""

    def one(self, name: str) -> str:
        return {"guide": "campaign-reach", "number": "1"}.get(name) or super().one(name)


def thing_at(place: Place) -> str | None:
    """Which of the hidden client's things goes into a place, None when none does."""
    if place.kind == "path":
        return None
    name = place.field.removesuffix(".*").removesuffix(".0").rpartition(".")[2]
    return HIDDEN.get(name) if not place.field.endswith(".x") else None


async def picture(shop: Shop) -> dict[str, str]:
    """All rows of the hidden client."""
    async with shop.door.database.transaction(system_context(shop.tenant_id)) as session:
        return {
            table: await session.scalar(
                text(
                    "select count(*) || coalesce(md5(string_agg(t::text, '|' order by t::text)),"
                    f" '') from amc.{table} t where t.{column} = :id"
                ),
                {"id": shop.one("instance_id")},
            )
            for table, column in _OF_CLIENT.items()
        }


async def test_ids_of_a_hidden_client_lead_nowhere(app: FastAPI, shop: Shop, own: Shop) -> None:
    asking: Any = Asking(
        own.marker, own.tenant_id, own.stranger, own.door, own.friend, own.friend_id, own.stranger,
        own.ids,
    )  # fmt: skip
    before, wrong, asked = await picture(shop), [], set()
    for place in all_places(app.openapi(), asking, "/api/v1/amc/"):
        thing = thing_at(place)
        if thing is None:
            continue
        hidden = shop.one(thing)
        answer = await send(asking, place, hidden)
        asked.add((place.route, place.field))
        bare = answer.text.replace(hidden, "")
        betrayed = [each for each in SECRETS if shop.one(each) in bare] + [
            shop.marker for _ in range(shop.marker in bare)
        ]
        if betrayed or (answer.is_success and place.method != "GET"):
            wrong.append(
                (place.route, place.field, answer.status_code, betrayed, answer.text[:200])
            )
    assert asked >= {
        ("ask_run", "instance_id"), ("make_schedule", "instance_id"),
        ("change_schedule", "instance_id"), ("make_collection", "instance_ids.0"),
        ("make_collection", "overrides.*"), ("retry_segments", "segment_ids.0"),
        ("set_alert", "schedule_id"), ("compare_runs", "left"), ("compare_runs", "right"),
        ("list_runs", "instance_id"), ("list_runs", "origin_id"), ("list_deliveries", "run_id"),
        ("read_board_figures", "instance_id"), ("list_segments", "instance_id"),
        ("preview_schedule", "instance_id"),
    }  # fmt: skip
    assert not wrong, "\n".join(map(str, wrong))
    assert await picture(shop) == before


SECRETS = sorted(set(HIDDEN.values()))


async def test_the_same_calls_reach_what_is_ones_own(app: FastAPI, own: Shop) -> None:
    """The counterpart: with the caller's own ids the lists are not empty."""
    asking: Any = Asking(
        own.marker, own.tenant_id, own.stranger, own.door, own.friend, own.friend_id, own.stranger,
        own.ids,
    )  # fmt: skip
    found = set()
    for place in all_places(app.openapi(), asking, "/api/v1/amc/"):
        thing = thing_at(place)
        if thing is None or place.method != "GET":
            continue
        answer = await send(asking, place, own.one(thing))
        if own.marker in answer.text:
            found.add((place.route, place.field))
    assert {("list_runs", "instance_id"), ("list_deliveries", "run_id")} <= found, found
