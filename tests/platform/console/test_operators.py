"""Operators: invited by mail, limited by grants, suspended at once."""

import asyncio
from uuid import UUID

import httpx

from tests.support.people import Door, new_email

from .steps import code, events_of, operator_client, run_jobs

ALL = {"scope": "all", "resource": "*", "action": "*"}
READ_TENANTS = {"scope": "all", "resource": "tenants", "action": "read"}


async def _invite(
    door: Door, admin: httpx.AsyncClient, email: str, *grants: dict[str, object]
) -> dict[str, str]:
    answer = await admin.post(
        "/admin/operators", json={"email": email, "display_name": "Opal", "grants": list(grants)}
    )
    assert answer.status_code == 201, answer.text
    await run_jobs(door.database, "tenancy.send_mail")
    made: dict[str, str] = answer.json()
    return made


async def test_an_invited_operator_accepts_once(door: Door, admin: httpx.AsyncClient) -> None:
    email = new_email("Operator")
    made = await _invite(door, admin, email, READ_TENANTS)
    assert (made["state"], made["email"]) == ("invited", email.lower())
    token = await door.link_token(email.lower())
    assert token not in str(made)

    stranger = await door.signed_in(new_email())
    refused = await stranger.post("/operators/accept", json={"token": token})
    assert code(refused) == (403, "invitation_for_other")
    person = await door.signed_in(email)
    assert code(await person.get("/admin/tenants")) == (403, "permission_denied")
    answers = await asyncio.gather(
        *(person.post("/operators/accept", json={"token": token}) for _ in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [410] * 7
    for _ in range(100):
        if (await person.get("/admin/tenants")).status_code == 200:
            break
        await asyncio.sleep(0.05)
    assert (await person.get("/admin/tenants")).status_code == 200
    assert code(await person.get("/admin/accounts")) == (403, "permission_denied")
    changes = [p["change"] for _, _, p in await events_of(door.database, made["id"])]
    assert changes == ["invited", "accepted"]


async def test_a_new_link_ends_the_old_one(door: Door, admin: httpx.AsyncClient) -> None:
    email = new_email("operator")
    made = await _invite(door, admin, email)
    old = await door.link_token(email)
    answer = await admin.post(f"/admin/operators/{made['id']}/link")
    assert answer.status_code == 200, answer.text
    await run_jobs(door.database, "tenancy.send_mail")
    new = await door.link_token(email)
    person = await door.signed_in(email)
    assert code(await person.post("/operators/accept", json={"token": old})) == (
        410, "link_invalid",
    )  # fmt: skip
    await door.database.system.execute(
        "update tenancy.operator set link_expires_at = now() where id = $1", UUID(made["id"])
    )
    expired = await person.post("/operators/accept", json={"token": new})
    assert code(expired) == (410, "link_invalid")
    again = await admin.post("/admin/operators", json={"email": email, "display_name": "Twin"})
    assert code(again) == (409, "operator_known")


async def test_suspension_ends_rights_at_once(door: Door, admin: httpx.AsyncClient) -> None:
    client = await operator_client(door)
    own_id = client.headers["x-operator-id"]
    assert (await client.get("/admin/tenants")).status_code == 200
    assert code(await client.post(f"/admin/operators/{own_id}/suspend")) == (409, "own_operator")
    assert (await admin.post(f"/admin/operators/{own_id}/suspend")).json()["state"] == "suspended"
    for _ in range(100):
        answer = await client.get("/admin/tenants")
        if answer.status_code == 403:
            break
        await asyncio.sleep(0.05)
    assert code(answer) == (403, "permission_denied")
    assert (await admin.post(f"/admin/operators/{own_id}/activate")).json()["state"] == "active"
    assert code(await admin.post(f"/admin/operators/{own_id}/link")) == (
        409, "transition_refused",
    )  # fmt: skip


async def test_nobody_grants_more_than_they_hold(door: Door, admin: httpx.AsyncClient) -> None:
    mine, foreign = await door.organisation(), await door.organisation()
    client = await operator_client(
        door, ("tenants", [mine.id], "operators", "*"), ("tenants", [mine.id], "tenants", "read")
    )

    async def invite(*grants: dict[str, object]) -> httpx.Response:
        body = {"email": new_email("made"), "display_name": "Made", "grants": list(grants)}
        return await client.post("/admin/operators", json=body)

    def on(tenant: UUID, action: str) -> dict[str, object]:
        return {
            "scope": "tenants", "subject_ids": [str(tenant)], "resource": "tenants",
            "action": action,
        }  # fmt: skip

    assert (await invite(on(mine.id, "read"))).status_code == 201
    for above in (on(mine.id, "write"), on(mine.id, "*"), on(foreign.id, "read"), READ_TENANTS):
        assert code(await invite(on(mine.id, "read"), above)) == (403, "grant_above_own_rights")
    for wrong in (
        {"scope": "all", "subject_ids": [str(mine.id)], "resource": "*", "action": "*"},
        {"scope": "tenants", "resource": "tenants", "action": "read"},
        {"scope": "all", "resource": "tenants", "action": "explode"},
        {"scope": "all", "resource": "moon", "action": "*"},
    ):
        assert (await invite(wrong)).status_code == 422, wrong

    # Somebody with more is out of sight; the list shows who lies within.
    mighty = await operator_client(door)
    path = f"/admin/operators/{mighty.headers['x-operator-id']}"
    for call in (
        client.get(path), client.post(f"{path}/suspend"), client.patch(path, json={"grants": []}),
    ):  # fmt: skip
        assert code(await call) == (404, "not_found")
    listed = (await client.get("/admin/operators", params={"limit": 200})).json()["items"]
    assert listed
    assert all(
        set(grant["subject_ids"]) == {str(mine.id)} for item in listed for grant in item["grants"]
    )
    own = f"/admin/operators/{client.headers['x-operator-id']}"
    assert code(await client.patch(own, json={"grants": [on(mine.id, "read")]})) == (
        409, "own_operator",
    )  # fmt: skip


async def test_grants_are_replaced(door: Door, admin: httpx.AsyncClient) -> None:
    client = await operator_client(door, ("all", [], "tenants", "read"))
    path = f"/admin/operators/{client.headers['x-operator-id']}"
    shown = await admin.get(path)
    grants = [{"scope": "all", "resource": "accounts", "action": "read"}]
    stale = await admin.patch(path, json={"grants": grants}, headers={"if-match": '"99"'})
    assert code(stale) == (412, "version_conflict")
    changed = await admin.patch(
        path, json={"grants": grants}, headers={"if-match": shown.headers["etag"]}
    )
    assert [item["resource"] for item in changed.json()["grants"]] == ["accounts"]
    for _ in range(100):
        if (await client.get("/admin/tenants")).status_code == 403:
            break
        await asyncio.sleep(0.05)
    assert (await client.get("/admin/tenants")).status_code == 403
    assert (await client.get("/admin/accounts")).status_code == 200


async def test_the_caller_learns_what_they_may_do(door: Door, admin: httpx.AsyncClient) -> None:
    everything = (await admin.get("/admin/access")).json()
    assert "tenants:move" in everything["permissions"]
    assert everything["resources"]["tenants"] == ["read", "write", "move"]
    client = await operator_client(door, ("all", [], "operators", "read"))
    assert (await client.get("/admin/access")).json()["permissions"] == ["operators:read"]
