"""Configuration while the installation runs: typed, by versions, in every process at once."""

import asyncio
from uuid import UUID

import httpx
import pytest

from metatron.kernel.database.database import Database
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.kernel.settings import Settings
from metatron.platform.console.changeable import CHANGEABLE, put_in_force, started_with
from metatron.platform.console.configuration import CHANNEL
from metatron.platform.console.taking_up import Configuration
from tests.support.people import Door

from .steps import code, events_of, operator_client

PATH = "/admin/configuration"


async def _read(client: httpx.AsyncClient) -> tuple[dict[str, dict[str, object]], str]:
    answer = await client.get(PATH)
    assert answer.status_code == 200, answer.text
    return {item["name"]: item for item in answer.json()["items"]}, answer.headers["etag"]


async def _change(
    client: httpx.AsyncClient, body: dict[str, object], tag: str | None = None
) -> httpx.Response:
    headers = {"if-match": tag} if tag is not None else {}
    return await client.patch(PATH, json=body, headers=headers)


async def test_a_change_is_a_version_with_its_difference(
    door: Door, admin: httpx.AsyncClient
) -> None:
    items, tag = await _read(admin)
    assert set(items) == {setting.name for setting in CHANGEABLE}
    before = items["max_body_bytes"]["value"]
    wanted = {"changes": {"max_body_bytes": 3_000_000, "tier_limits.free.users": None}}
    shown = await admin.post(f"{PATH}/difference", json=wanted)
    assert {item["name"]: (item["before"], item["after"]) for item in shown.json()["items"]} == {
        "max_body_bytes": (before, 3_000_000),
        "tier_limits.free.users": (items["tier_limits.free.users"]["value"], None),
    }
    assert (await _read(admin))[1] == tag, "a difference changes nothing"
    saved = await _change(admin, wanted | {"reason": "Large imports"}, tag)
    assert saved.status_code == 200, saved.text
    now = {item["name"]: item for item in saved.json()["items"]}
    assert (now["max_body_bytes"]["value"], now["max_body_bytes"]["source"]) == (
        3_000_000, "console",
    )  # fmt: skip
    assert code(await _change(admin, {"changes": {"body_seconds": 9}}, tag))[0] == 412
    newest = (await admin.get(f"{PATH}/versions")).json()["items"][0]
    assert (newest["id"], newest["reason"]) == (saved.json()["version"], "Large imports")
    assert len(newest["changes"]) == 2
    told = await events_of(door.database, PLATFORM_TENANT_ID)
    assert told[-1][0] == "console.configuration_changed.v1"
    back = await _change(admin, {"back_to_start": ["max_body_bytes", "tier_limits.free.users"]})
    item = {each["name"]: each for each in back.json()["items"]}["max_body_bytes"]
    assert item["value"] == before
    assert item["source"] != "console"


async def test_limits_of_cards_are_configured_apart(door: Door, admin: httpx.AsyncClient) -> None:
    settings: Settings = door.app.state.settings
    name = "card_limits.memory.red"
    assert (await _read(admin))[0][name]["value"] == 80
    saved = await _change(admin, {"changes": {name: 90.5}})
    items = {each["name"]: each["value"] for each in saved.json()["items"]}
    assert (items[name], items["card_limits.memory.amber"]) == (90.5, 60)
    version = saved.json()["version"]
    async with asyncio.timeout(20):
        while door.app.state.configuration.version < version:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert settings.card_limits["memory"]["red"] == 90.5
    refused = await _change(admin, {"changes": {name: 101}})
    assert refused.status_code == 422
    await _change(admin, {"back_to_start": [name]})


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"cpu.amber": 90}, ["cpu.amber"]),
        ({"cpu.red": 59.5}, ["cpu.red"]),
        ({"cpu.amber": 50, "cpu.red": 40}, ["cpu.amber", "cpu.red"]),
        ({"services.amber": 60}, ["services.amber"]),
    ],
)
async def test_a_card_that_would_turn_red_before_amber_is_refused(
    admin: httpx.AsyncClient, changes: dict[str, float], named: list[str]
) -> None:
    body = {"changes": {f"card_limits.{name}": value for name, value in changes.items()}}
    tag = (await _read(admin))[1]
    for answer in (await _change(admin, body), await admin.post(f"{PATH}/difference", json=body)):
        assert answer.status_code == 422, answer.text
        assert [(item["field"], item["code"]) for item in answer.json()["errors"]] == [
            (f"body.changes.card_limits.{name}", "red_before_amber") for name in named
        ]
    assert (await _read(admin))[1] == tag, "no version"


async def test_a_limit_is_not_taken_back_alone_when_the_other_would_lie_beyond_it(
    admin: httpx.AsyncClient,
) -> None:
    red, amber = "card_limits.cpu.red", "card_limits.cpu.amber"
    assert (await _change(admin, {"changes": {amber: 85, red: 95}})).status_code == 200
    refused = await _change(admin, {"back_to_start": [red]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == f"body.back_to_start.{red}"
    assert (await _change(admin, {"back_to_start": [red, amber]})).status_code == 200


async def test_the_process_that_answers_takes_it_up(door: Door, admin: httpx.AsyncClient) -> None:
    settings: Settings = door.app.state.settings
    before = settings.body_seconds
    saved = await _change(admin, {"changes": {"body_seconds": 7.5}})
    version = saved.json()["version"]
    async with asyncio.timeout(20):
        while door.app.state.configuration.version != version:  # noqa: ASYNC110 - told by NOTIFY
            await asyncio.sleep(0.01)
    assert settings.body_seconds == 7.5
    await _change(admin, {"back_to_start": ["body_seconds"]})
    async with asyncio.timeout(20):
        while settings.body_seconds != before:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_another_process_takes_it_up_as_well(
    admin: httpx.AsyncClient, settings: Settings, database: Database
) -> None:
    mine = settings.model_copy()
    other = Configuration(mine, database.system)
    await other.take_up()
    deaf = await database.listener.hear({CHANNEL: other.wake}, lost=other.wake)
    following = asyncio.create_task(other.follow(look_seconds=3_600))
    try:
        sender = "Metatron <other@example.com>"
        assert (await _change(admin, {"changes": {"mail_from": sender}})).status_code == 200
        async with asyncio.timeout(20):
            while mine.mail_from != sender:  # noqa: ASYNC110 - told by NOTIFY
                await asyncio.sleep(0.01)
    finally:
        await _change(admin, {"back_to_start": ["mail_from"]})
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await deaf()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_body_bytes", 1),
        ("max_body_bytes", 1e12),
        ("max_body_bytes", 70_000.5),
        ("max_body_bytes", None),
        ("body_seconds", "soon"),
        ("mail_from", "nobody"),
        ("mail_from", "a@b\nbcc: c@d"),
        ("tier_limits.free.users", 0),
        ("secret_keys", "x"),
    ],
)
async def test_what_does_not_fit_is_refused(
    admin: httpx.AsyncClient, name: str, value: object
) -> None:
    for answer in (
        await _change(admin, {"changes": {name: value}}),
        await admin.post(f"{PATH}/difference", json={"changes": {name: value}}),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"] == f"body.changes.{name}"


async def test_only_who_may_over_everything(door: Door) -> None:
    reader = await operator_client(door, ("all", [], "settings", "read"))
    assert (await reader.get(PATH)).status_code == 200
    assert (await _change(reader, {"changes": {"body_seconds": 9}})).status_code == 403
    tenant = await door.organisation()
    narrow = await operator_client(door, ("tenants", [UUID(str(tenant.id))], "settings", "*"))
    assert code(await _change(narrow, {"changes": {"body_seconds": 9}})) == (
        403, "scope_too_narrow",
    )  # fmt: skip


async def test_no_change_is_no_version(admin: httpx.AsyncClient) -> None:
    items, tag = await _read(admin)
    same = {"changes": {"mail_from": items["mail_from"]["value"]}}
    assert (await _change(admin, same, tag)).headers["etag"] == tag


def test_what_another_release_chose_is_left_out(settings: Settings) -> None:
    mine = settings.model_copy()
    started = started_with(mine)
    put_in_force(mine, started, {"body_seconds": 5_000, "unknown": 1, "tier_limits.pro.users": 7})
    assert mine.body_seconds == started["body_seconds"]
    assert mine.tier_limits["pro"]["users"] == 7
    assert settings.tier_limits["pro"]["users"] != 7, "the defaults are nobody's to change"


def test_limits_of_a_card_that_do_not_go_together_are_left_out_together(
    settings: Settings,
) -> None:
    """An older release may have chosen them, or the environment says otherwise by now."""
    mine = settings.model_copy()
    chosen = {"card_limits.cpu.amber": 90, "card_limits.memory.red": 90}
    put_in_force(mine, started_with(mine), chosen)
    assert mine.card_limits["cpu"] == {"amber": 60, "red": 80}
    assert mine.card_limits["memory"] == {"amber": 60, "red": 90}
