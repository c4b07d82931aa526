"""API keys: their text, their life, their end."""

from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.database.database import Database
from metatron.platform.tenancy.errors import (
    InvalidApiKey,
    InvalidApiKeyFormat,
    MissingApiKey,
)
from metatron.platform.tenancy.interface import resolve_api_key
from metatron.platform.tenancy.key_format import check_format, new_key
from metatron.platform.tenancy.key_usage import note_use, write_uses
from tests.support.people import Door, new_email


async def _setting(door: Door, *, is_sandbox: bool = False) -> tuple[httpx.AsyncClient, str, UUID]:
    email = new_email("owner")
    facts = await door.organisation(email, is_sandbox=is_sandbox)
    client = await door.signed_in(email, facts.id, ("owner",))
    application = await client.post("/applications", json={"name": "Shop"})
    return client, str(application.json()["id"]), facts.id


async def _key(client: httpx.AsyncClient, application_id: str, **more: object) -> dict[str, str]:
    body = {"name": "k", "application_id": application_id, "scopes": ["tenancy:members"]}
    made = await client.post("/api-keys", json=body | more)
    assert made.status_code == 201, made.text
    answer: dict[str, str] = made.json()
    return answer


def test_a_typing_error_is_known_without_looking_up() -> None:
    key = new_key(is_sandbox=False)
    assert key.startswith("mtk_live_")
    assert len(key) == 45
    check_format(key)
    check_format(new_key(is_sandbox=True))
    for place in range(len(key)):
        changed = key[:place] + ("x" if key[place] != "x" else "y") + key[place + 1 :]
        with pytest.raises(InvalidApiKeyFormat):
            check_format(changed)
    for wrong in (key[:-1], key + "0", "mtk_live_", "x" * 45, key.replace("live", "dead")):
        with pytest.raises(InvalidApiKeyFormat):
            check_format(wrong)
    for missing in (None, ""):
        with pytest.raises(MissingApiKey):
            check_format(missing)


async def test_a_key_is_shown_once_and_kept_as_a_hash(door: Door, database: Database) -> None:
    client, application_id, tenant_id = await _setting(door)
    made = await _key(client, application_id, kind="short", ip_allow_list=["192.0.2.0/24"])
    assert made["key"] not in (await client.get("/api-keys")).text
    row = await database.system.fetchrow(
        "select to_jsonb(k)::text t from tenancy.api_key k where id = $1", UUID(made["id"])
    )
    assert row is not None
    assert made["key"] not in row["t"]
    facts = await resolve_api_key(database, made["key"], now=utc_now())
    assert (facts.tenant.id, facts.permissions) == (tenant_id, {"tenancy:members"})
    assert facts.ip_allow_list == ("192.0.2.0/24",)
    life = datetime.fromisoformat(made["expires_at"]) - utc_now()
    assert timedelta(days=29) < life <= timedelta(days=30)
    with pytest.raises(InvalidApiKey):
        await resolve_api_key(database, made["key"], now=utc_now() + timedelta(days=31))
    with pytest.raises(InvalidApiKey):
        await resolve_api_key(database, new_key(is_sandbox=False), now=utc_now())


async def test_scopes_are_within_the_makers_rights(door: Door) -> None:
    client, application_id, tenant_id = await _setting(door)
    admin = await door.signed_in(new_email("admin"), tenant_id, ("administrator",))
    mine = set((await admin.get("/auth/me")).json()["permissions"])
    every = [item["name"] for item in (await client.get("/permissions")).json()["items"]]
    above = next(name for name in every if name not in mine)
    body = {"name": "k", "application_id": application_id, "scopes": [above]}
    refused = await admin.post("/api-keys", json=body)
    assert refused.json()["code"] == "grant_above_own_rights"
    for wrong in (
        {"scopes": []},
        {"scopes": ["a:b"]},
        {"ip_allow_list": ["nowhere"]},
        {"expires_at": (utc_now() + timedelta(days=400)).isoformat()},
    ):
        refused = await client.post("/api-keys", json=body | {"scopes": [above]} | wrong)
        assert refused.status_code == 422, refused.text


async def test_rotation_overlaps_as_asked(door: Door, database: Database) -> None:
    client, application_id, _ = await _setting(door, is_sandbox=True)
    first = await _key(client, application_id)
    assert first["key"].startswith("mtk_test_")
    answer = await client.post(f"/api-keys/{first['id']}/rotate", json={"overlap_seconds": 600})
    second = answer.json()
    for key in (first, second):
        await resolve_api_key(database, key["key"], now=utc_now())
    with pytest.raises(InvalidApiKey):
        await resolve_api_key(database, first["key"], now=utc_now() + timedelta(seconds=601))
    twice = await client.post(f"/api-keys/{first['id']}/rotate", json={})
    assert twice.json()["code"] == "transition_refused"
    third = await client.post(f"/api-keys/{second['id']}/rotate", json={"overlap_seconds": 0})
    with pytest.raises(InvalidApiKey):
        await resolve_api_key(database, second["key"], now=utc_now())
    await resolve_api_key(database, third.json()["key"], now=utc_now())


async def test_a_revoked_key_opens_nothing_at_once(door: Door) -> None:
    client, application_id, _ = await _setting(door)
    made = await _key(client, application_id)
    program = door.browser()
    program.headers["x-api-key"] = made["key"]
    assert (await program.get("/members")).status_code == 200
    assert (await client.delete(f"/api-keys/{made['id']}")).status_code == 204
    assert (await client.delete(f"/api-keys/{made['id']}")).status_code == 404
    for _ in range(100):
        answer = await program.get("/members")
        if answer.status_code == 401:
            break
    assert answer.json()["code"] == "invalid_api_key"


async def test_uses_are_written_in_a_batch(door: Door, database: Database) -> None:
    client, application_id, tenant_id = await _setting(door)
    made = await _key(client, application_id)
    await write_uses(database)
    first, last = utc_now(), utc_now() + timedelta(seconds=5)
    for at in (first, last):
        note_use(tenant_id, UUID(made["id"]), at)
    assert await write_uses(database) == 1
    assert await write_uses(database) == 0
    [item] = (await client.get("/api-keys")).json()["items"]
    assert datetime.fromisoformat(item["last_used_at"]) == last


async def test_a_key_of_a_practice_clock_lives_no_longer_than_its_real_days(door: Door) -> None:
    """It ends by the clock it was made by, which only runs ahead: never later than in real time."""
    client, application_id, _ = await _setting(door, is_sandbox=True)
    ahead = 400 * 86_400
    assert (await client.post("/clock/advance", json={"seconds": ahead})).status_code == 200
    made = await _key(client, application_id, kind="short")
    database = door.database
    almost, over = (utc_now() + timedelta(days=days) for days in (29, 31))
    assert (await resolve_api_key(database, made["key"], now=almost)).expires_at <= over
    with pytest.raises(InvalidApiKey):
        await resolve_api_key(database, made["key"], now=over)
    (listed,) = (await client.get("/api-keys")).json()["items"]
    assert listed["state"] == "active"
    # Moved through its days it has ended, for programs as on the list.
    await client.post("/clock/advance", json={"seconds": 31 * 86_400})
    with pytest.raises(InvalidApiKey):
        await resolve_api_key(database, made["key"], now=utc_now())
    (listed,) = (await client.get("/api-keys")).json()["items"]
    assert listed["state"] == "expired"
