"""Looks into a tenant: members, usage, modules, roles; devices, logs and settings."""

import asyncio
from datetime import datetime
from uuid import UUID

import httpx
import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.console.settings import listed_settings
from metatron.platform.gateway.admin_call_routes import months_at
from tests.support.control import make_key
from tests.support.people import Door, new_email

from .steps import code, operator_client


async def test_the_inside_of_a_tenant(door: Door, admin: httpx.AsyncClient) -> None:
    tenant = await door.organisation()
    email = new_email("member")
    await door.signed_in(email, tenant.id, ("organiser",))
    path = f"/admin/tenants/{tenant.id}"
    members = (await admin.get(f"{path}/members", params={"count": "true"})).json()
    shown = {item["email"]: item["roles"] for item in members["items"]}
    assert shown[email] == ["organiser"]
    assert members["count"]["value"] == len(members["items"])
    await make_key(door.database, tenant.id, "audit:read")
    assert (await admin.patch(path, json={"limits": {"users": 7}})).status_code == 200
    usage = (await admin.get(f"{path}/usage")).json()
    users = next(item for item in usage["items"] if item["name"] == "users")
    assert users == {
        "name": "users", "used": len(members["items"]), "allowed": 7, "is_own": True,
    }  # fmt: skip
    storage = next(item for item in usage["items"] if item["name"] == "storage_gb")
    assert storage["used"] == 0
    rate = next(item for item in usage["items"] if item["name"] == "calls_per_minute")
    assert rate["used"] is None, "nothing measures it"
    assert (usage["key_count"], usage["key_last_used_at"]) == (1, None)


async def test_modules_on_and_off(door: Door, admin: httpx.AsyncClient) -> None:
    tenant = await door.organisation()
    path = f"/admin/tenants/{tenant.id}/modules"
    modules = {item["name"]: item for item in (await admin.get(path)).json()["items"]}
    optional = [name for name, item in modules.items() if item["is_optional"]]
    free = next(
        name
        for name in optional
        if not any(modules[other]["is_enabled"] for other in modules[name]["needed_by"])
    )
    off = await admin.patch(f"{path}/{free}", json={"is_enabled": False})
    assert (off.status_code, off.json()["is_enabled"]) == (200, False), off.text
    again = {item["name"]: item for item in (await admin.get(path)).json()["items"]}
    assert not again[free]["is_enabled"]
    needed = await admin.patch(f"{path}/tenancy", json={"is_enabled": False})
    assert code(needed) == (409, "module_needed")
    assert code(await admin.patch(f"{path}/none", json={})) == (404, "not_found")


async def test_a_tenants_keys_are_seen_and_ended(door: Door, admin: httpx.AsyncClient) -> None:
    mine, theirs = await door.organisation(), await door.organisation()
    made = await make_key(door.database, mine.id, "campaigns:read")
    foreign = await make_key(door.database, theirs.id, "campaigns:read")
    path = f"/admin/tenants/{mine.id}/api-keys"
    listed = await admin.get(path, params={"count": "true"})
    [shown] = listed.json()["items"]
    assert (shown["id"], shown["state"]) == (str(made.id), "active")
    assert shown["scopes"] == ["campaigns:read"]
    assert made.text not in listed.text
    assert made.text.startswith(shown["prefix"])
    assert listed.json()["count"] == {"value": 1, "capped": False}
    caller = door.browser()
    caller.headers["x-api-key"] = made.text
    assert (await caller.get("/campaigns")).status_code == 200

    assert code(await admin.delete(f"{path}/{foreign.id}")) == (404, "not_found")
    reader = await operator_client(door, ("tenants", [mine.id], "tenants", "read"))
    assert (await reader.get(path)).status_code == 200
    assert (await reader.delete(f"{path}/{made.id}")).status_code == 403
    assert (await admin.delete(f"{path}/{made.id}")).status_code == 204
    async with asyncio.timeout(20):
        while (answer := await caller.get("/campaigns")).status_code != 401:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert code(answer) == (401, "invalid_api_key")
    [ended] = (await admin.get(path)).json()["items"]
    assert ended["state"] == "revoked"
    assert code(await admin.delete(f"{path}/{made.id}")) == (404, "not_found")
    log = await admin.get("/admin/audit", params={"tenant_id": str(mine.id)})
    assert "tenancy.api_key_revoked.v1" in log.text


async def test_out_of_scope_is_unknown(door: Door) -> None:
    mine, theirs = await door.organisation(), await door.organisation()
    reader = await operator_client(door, ("tenants", [mine.id], "tenants", "*"))
    for part in ("members", "usage", "modules", "api-keys"):
        assert (await reader.get(f"/admin/tenants/{mine.id}/{part}")).status_code == 200
        for foreign in (theirs.id, new_id()):
            answer = await reader.get(f"/admin/tenants/{foreign}/{part}")
            assert code(answer) == (404, "not_found")
    switched = await reader.patch(f"/admin/tenants/{theirs.id}/modules/campaigns", json={})
    assert code(switched) == (404, "not_found")
    roles = (await reader.get("/admin/roles")).json()
    owner = next(item for item in roles["items"] if item["name"] == "owner")
    assert (owner["member_count"], len(owner["permissions"]) > 5) == (1, True)


async def _devices(client: httpx.AsyncClient, user_id: UUID) -> list[str]:
    answer = await client.get(f"/admin/users/{user_id}/sessions")
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_devices_are_seen_and_ended(door: Door) -> None:
    mine, theirs = await door.organisation(), await door.organisation()
    email, other = new_email("here"), new_email("there")
    client = await door.signed_in(email, mine.id, ("organiser",))
    await door.signed_in(other, theirs.id, ("organiser",))
    user_id, other_id = await door.person(email), await door.person(other)
    helper = await operator_client(
        door, ("tenants", [mine.id], "users", "read"), ("tenants", [mine.id], "users", "revoke")
    )
    (device,) = await _devices(helper, user_id)
    for foreign in (other_id, new_id()):
        path = f"/admin/users/{foreign}/sessions"
        assert code(await helper.get(path)) == (404, "not_found")
        assert code(await helper.post(f"{path}/revoke")) == (404, "not_found")
    foreign_device = await helper.delete(f"/admin/users/{user_id}/sessions/{new_id()}")
    assert code(foreign_device) == (404, "not_found")
    ended = await helper.delete(f"/admin/users/{user_id}/sessions/{device}")
    assert ended.status_code == 204, ended.text
    assert (await client.post("/auth/refresh")).status_code in {401, 403}
    assert await _devices(helper, user_id) == []
    assert (await helper.post(f"/admin/users/{user_id}/sessions/revoke")).status_code == 204
    reader = await operator_client(door, ("all", [], "users", "read"))
    assert len(await _devices(reader, other_id)) == 1
    refused = await reader.post(f"/admin/users/{other_id}/sessions/revoke")
    assert refused.status_code == 403


async def test_a_limited_operator_ends_no_operators_devices(door: Door) -> None:
    tenant = await door.organisation()
    helper = await operator_client(
        door, ("tenants", [tenant.id], "users", "read"), ("tenants", [tenant.id], "users", "revoke")
    )
    boss_email = new_email("boss")
    await door.signed_in(boss_email, tenant.id, ("organiser",))
    boss_id = await door.person(boss_email)
    await door.database.system.execute(
        "insert into tenancy.operator (id, user_id, email, display_name, state, created_at)"
        " values ($1, $2, $3, 'Boss', 'active', now())",
        new_id(), boss_id, boss_email,
    )  # fmt: skip
    answer = await helper.post(f"/admin/users/{boss_id}/sessions/revoke")
    assert answer.status_code == 403


async def test_logs_are_exported_and_checked(door: Door, admin: httpx.AsyncClient) -> None:
    mine, theirs = await door.organisation(), await door.organisation()
    reader = await operator_client(door, ("tenants", [mine.id], "audit", "read"))
    query = {"tenant_id": str(mine.id)}
    lines = (await reader.get("/admin/audit/export", params=query)).text.splitlines()
    assert lines[0].startswith("id,recorded_at")
    assert any("tenancy.organisation_created.v1" in line for line in lines)
    assert (await reader.get("/admin/audit/status", params=query)).status_code == 200
    report = await reader.post("/admin/audit/verify", params=query)
    assert report.status_code == 200, report.text
    assert report.json()["is_intact"]
    for method, path in (
        ("GET", "/admin/audit/export"),
        ("GET", "/admin/audit/status"),
        ("POST", "/admin/audit/verify"),
    ):
        answer = await reader.request(method, path, params={"tenant_id": str(theirs.id)})
        assert code(answer) == (404, "not_found"), path
    assert (await reader.get("/admin/audit/export")).status_code == 422
    assert (await admin.post("/admin/audit/verify")).status_code == 200


async def test_entries_of_logs_name_their_tenants(door: Door, admin: httpx.AsyncClient) -> None:
    mine, theirs = await door.organisation(), await door.organisation()
    shown = (await admin.get("/admin/audit", params={"tenant_id": str(mine.id)})).json()["items"]
    assert {item["tenant_name"] for item in shown} == {mine.name}
    everybodys = (await admin.get("/admin/audit", params={"limit": 200})).json()["items"]
    names = {item["tenant_id"]: item["tenant_name"] for item in everybodys}
    assert names[str(theirs.id)] == theirs.name
    reader = await operator_client(door, ("tenants", [mine.id], "audit", "read"))
    shown = (await reader.get("/admin/audit", params={"tenant_id": str(mine.id)})).json()["items"]
    assert shown[0]["tenant_name"] == mine.name, "whoever may read a log may read whose it is"


async def test_settings_are_shown_without_secrets(
    door: Door, admin: httpx.AsyncClient, settings: Settings
) -> None:
    answer = await admin.get("/admin/settings")
    assert answer.status_code == 200, answer.text
    items = {item["name"]: item for item in answer.json()["items"]}
    assert set(items) == set(Settings.model_fields)
    for name in ("database_url", "secret_keys", "smtp_url", "admin_key_hash"):
        assert items[name]["is_secret"]
        assert items[name]["value"] is None
    secret = settings.database_url.get_secret_value()
    assert secret
    assert secret not in answer.text
    assert items["database_url"]["is_set"]
    limited = await operator_client(
        door, ("tenants", [(await door.organisation()).id], "settings", "read")
    )
    assert (await limited.get("/admin/settings")).status_code == 403
    named = listed_settings(settings, {"METATRON_PORT": "3000"})
    sources = {item["name"]: item["source"] for item in named}
    assert sources["port"] == "environment"
    assert sources["log_level"] in {"default", "program"}


async def test_the_doors_are_watched(door: Door, admin: httpx.AsyncClient) -> None:
    before = (await admin.get("/admin/security")).json()
    email = new_email("shield")
    client = await operator_client(door, ("all", [], "users", "read"))
    stranger = door.browser()
    wrong = {"email": email, "password": "not-the-right-one"}
    assert (await stranger.post("/auth/login", json=wrong)).status_code == 401
    answer = await client.get("/admin/security")
    assert answer.status_code == 200, answer.text
    after = answer.json()

    def grown(name: str) -> int:
        counts = [{each["name"]: each["count"] for each in it["counts"]} for it in (before, after)]
        return int(counts[1][name] - counts[0][name])

    assert grown("identity.user_signed_in.v1") == 1, "the operator"
    assert grown("identity.sign_in_failed.v1") == 1
    assert grown("identity.refresh_reuse_found.v1") == 0
    assert after["session_count"] == before["session_count"] + 1
    me = (await client.get("/auth/me")).json()["user"]
    own = [each for each in after["operators"] if each["user_id"] == me["id"]]
    assert [(each["has_passkey"], each["has_authenticator"]) for each in own] == [(False, False)]
    mine = await door.organisation()
    narrow = await operator_client(door, ("tenants", [mine.id], "users", "read"))
    assert code(await narrow.get("/admin/security")) == (403, "scope_too_narrow")


async def test_calls_by_tenant_within_reach(door: Door, admin: httpx.AsyncClient) -> None:
    mine, theirs = await door.organisation(), await door.organisation()
    month, before = months_at(utc_now())
    for tenant, at, calls in ((mine, month, 900), (mine, before, 700), (theirs, month, 10**9)):
        await door.database.system.execute(
            "insert into gateway.month_calls values ($1, $2, $3)", tenant.id, at, calls
        )
    shown = (await admin.get("/admin/calls")).json()
    assert shown["month"] == month.isoformat()
    assert shown["items"][0]["tenant_id"] == str(theirs.id), "who calls most stands first"
    reader = await operator_client(door, ("tenants", [mine.id], "tenants", "read"))
    [own] = (await reader.get("/admin/calls")).json()["items"]
    assert (own["name"], own["calls"], own["calls_before"]) == (mine.name, 900, 700)
    assert own["allowed"] == 100_000, "the free tier's"


@pytest.mark.parametrize(
    ("now", "months"),
    [
        ("2026-01-01T00:00:00+01:00", ("2025-12-01", "2025-11-01")),
        ("2026-01-01T00:00:00+00:00", ("2026-01-01", "2025-12-01")),
        ("2026-03-31T23:00:00+00:00", ("2026-03-01", "2026-02-01")),
    ],
)
def test_months_are_those_of_utc(now: str, months: tuple[str, str]) -> None:
    found = months_at(datetime.fromisoformat(now))
    assert tuple(month.isoformat() for month in found) == months
