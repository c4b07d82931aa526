"""Admin API keys: limited like operators, ended by time or by somebody, and never seen twice."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx

from metatron.kernel.clock import utc_now
from tests.support.people import Door

from .steps import code, events_of, make_account, operator_client, put_in_account

READ_TENANTS = {"scope": "all", "resource": "tenants", "action": "read"}
ALL = {"scope": "all", "resource": "*", "action": "*"}


async def make(client: httpx.AsyncClient, *grants: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = await client.post("/admin/keys", json={"name": "Report", "grants": grants, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def using(door: Door, made: dict[str, Any]) -> httpx.AsyncClient:
    client = door.browser()
    client.headers["x-admin-key"] = made["key"]
    return client


async def test_a_key_does_what_it_was_given_and_nothing_else(
    door: Door, admin: httpx.AsyncClient
) -> None:
    made = await make(admin, READ_TENANTS)
    program = using(door, made)
    assert (await program.get("/admin/tenants")).status_code == 200
    assert code(await program.get("/admin/accounts")) == (403, "permission_denied")
    tenant = await door.organisation()
    refused = await program.post(f"/admin/tenants/{tenant.id}/suspend")
    assert code(refused) == (403, "permission_denied")
    assert "tenants:write" in refused.json()["detail"]
    assert code(await program.get("/admin/access")) == (403, "permission_denied")
    listed = (await admin.get("/admin/keys")).json()["items"]
    [mine] = [each for each in listed if each["id"] == made["id"]]
    assert (mine["state"], mine["name"], mine["prefix"]) == ("active", "Report", made["prefix"])
    assert made["key"] not in str(listed)
    names = [name for name, _, _ in await events_of(door.database, made["id"])]
    assert names == ["tenancy.admin_key_created.v1"]


async def test_operators_read_which_key_it_was(door: Door, admin: httpx.AsyncClient) -> None:
    tenant = await door.organisation()
    program = using(door, await make(admin, ALL, name="Nightly report"))
    suspended = await program.post(f"/admin/tenants/{tenant.id}/suspend")
    assert suspended.status_code == 200, suspended.text
    for query in ({}, {"tenant_id": str(tenant.id)}):
        asked = query | {"name": "tenancy.tenant_changed.v1"}
        [entry] = [
            each
            for each in (await admin.get("/admin/audit", params=asked)).json()["items"]
            if each["tenant_id"] == str(tenant.id)
        ]
        assert entry["actor"]["label"] == "Admin key: Nightly report"


async def test_a_key_reaches_its_tenants_and_accounts_only(
    door: Door, admin: httpx.AsyncClient
) -> None:
    inside, outside = await door.organisation(), await door.organisation()
    account = await make_account(admin)
    await put_in_account(door.database, inside.id, account["id"])
    grant = {"resource": "tenants", "action": "*"}
    scopes = (("tenants", str(inside.id)), ("accounts", account["id"]))
    for scope, subject in scopes:
        made = await make(admin, grant | {"scope": scope, "subject_ids": [subject]})
        program = using(door, made)
        shown = (await program.get("/admin/tenants")).json()["items"]
        assert [each["id"] for each in shown] == [str(inside.id)]
        assert (await program.get(f"/admin/tenants/{inside.id}")).status_code == 200
        assert code(await program.get(f"/admin/tenants/{outside.id}")) == (404, "not_found")
    status = await make(admin, {
        "scope": "tenants", "subject_ids": [str(inside.id)], "resource": "status", "action": "*",
    })  # fmt: skip
    assert code(await using(door, status).get("/admin/status")) == (403, "scope_too_narrow")


async def test_a_key_that_ended_is_refused(door: Door, admin: httpx.AsyncClient) -> None:
    soon = (utc_now() + timedelta(seconds=2)).isoformat()
    revoked, expired = await make(admin, ALL), await make(admin, ALL, expires_at=soon)
    for made in (revoked, expired):
        assert (await using(door, made).get("/admin/tenants")).status_code == 200
    assert (await admin.delete(f"/admin/keys/{revoked['id']}")).status_code == 204
    again = await admin.delete(f"/admin/keys/{revoked['id']}")
    assert code(again) == (409, "transition_refused")
    for made in (revoked, expired):
        program = using(door, made)
        for _ in range(140):
            if (await program.get("/admin/tenants")).status_code == 401:
                break
            await asyncio.sleep(0.05)
        assert code(await program.get("/admin/tenants")) == (401, "invalid_admin_key")
    listed = (await admin.get("/admin/keys")).json()["items"]
    states = {each["id"]: each["state"] for each in listed}
    assert (states[revoked["id"]], states[expired["id"]]) == ("revoked", "expired")
    wrong = using(door, {"key": revoked["key"][:-1] + "!"})
    assert code(await wrong.get("/admin/tenants")) == (401, "invalid_admin_key")


async def test_each_kind_has_its_longest_life(door: Door, admin: httpx.AsyncClient) -> None:
    ends = {}
    for kind in ("short", "standard", "long"):
        made = await make(admin, READ_TENANTS, kind=kind)
        ends[kind] = (await _shown(admin, made))["expires_at"]
    days = [(_instant(ends[kind]) - utc_now()).total_seconds() / 86_400 for kind in ends]
    assert [round(each) for each in days] == [30, 90, 365]
    for wrong in (utc_now() - timedelta(minutes=1), utc_now() + timedelta(days=31)):
        body = {"name": "X", "kind": "short", "grants": [ALL], "expires_at": wrong.isoformat()}
        assert (await admin.post("/admin/keys", json=body)).status_code == 422
    early = (utc_now() + timedelta(hours=1)).isoformat()
    made = await make(admin, ALL, kind="short", expires_at=early)
    assert _instant(made["expires_at"]) < utc_now() + timedelta(hours=2)
    assert code(await admin.post("/admin/keys", json={"name": "X", "grants": []}))[0] == 422


async def test_nobody_gives_a_key_more_than_they_hold(door: Door, admin: httpx.AsyncClient) -> None:
    tenant = await door.organisation()
    limited = await operator_client(door, ("tenants", [tenant.id], "*", "*"))
    beyond = await limited.post("/admin/keys", json={"name": "X", "grants": [READ_TENANTS]})
    assert code(beyond) == (403, "grant_above_own_rights")
    own = {
        "scope": "tenants", "subject_ids": [str(tenant.id)], "resource": "tenants",
        "action": "read",
    }  # fmt: skip
    mine, foreign = await make(limited, own), await make(admin, ALL)
    shown = (await limited.get("/admin/keys")).json()["items"]
    assert [each["id"] for each in shown] == [mine["id"]]
    assert code(await limited.delete(f"/admin/keys/{foreign['id']}")) == (404, "not_found")
    assert (await limited.delete(f"/admin/keys/{mine['id']}")).status_code == 204
    # A key that made its successor would never end.
    made = await using(door, foreign).post("/admin/keys", json={"name": "X", "grants": [ALL]})
    assert code(made) == (403, "key_makes_no_key")


async def _shown(admin: httpx.AsyncClient, made: dict[str, Any]) -> dict[str, Any]:
    listed = (await admin.get("/admin/keys")).json()["items"]
    [found] = [each for each in listed if each["id"] == made["id"]]
    shown: dict[str, Any] = found
    return shown


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
