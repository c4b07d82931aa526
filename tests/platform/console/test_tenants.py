"""Tenants through the admin API."""

from uuid import UUID

import httpx

from metatron.kernel.ids import new_id
from tests.support.control import make_key
from tests.support.people import Door, new_email

from .steps import code, events_of, make_account, operator_client, put_in_account


async def test_suspension_shuts_the_door_and_activation_opens_it(
    door: Door, admin: httpx.AsyncClient
) -> None:
    email = new_email("owner")
    tenant = await door.organisation(email)
    member = await door.signed_in(email)
    assert (await member.get("/members")).status_code == 200
    key = await make_key(door.database, tenant.id, "tenancy:members")
    program = door.browser()
    program.headers["x-api-key"] = key.text
    assert (await program.get("/members")).status_code == 200

    path = f"/admin/tenants/{tenant.id}"
    suspended = await admin.post(f"{path}/suspend", json={"reason": "The contract has ended."})
    assert suspended.json()["state"] == "suspended"
    assert suspended.json()["suspended_reason"] == "The contract has ended."
    assert code(await admin.post(f"{path}/suspend", json={"reason": " "}))[0] == 422
    assert code(await admin.post(f"{path}/suspend")) == (409, "transition_refused")
    await _until(member, "/members", 403, "tenant_inactive")
    await _until(program, "/members", 403, "tenant_inactive")
    for refused in (await member.get("/members"), await program.get("/members")):
        assert refused.json()["reason"] == "The contract has ended."
        assert "The contract has ended." in refused.json()["detail"]
    assert (await admin.post(f"{path}/activate")).json()["state"] == "active"
    await _until(member, "/members", 200, "")
    told = await events_of(door.database, tenant.id, tenant.id)
    assert [(kind, payload["state"]) for name, kind, payload in told if "changed" in name] == [
        ("admin_key", "suspended"), ("admin_key", "active"),
    ]  # fmt: skip


async def test_under_maintenance_people_wait_and_operators_look(
    door: Door, admin: httpx.AsyncClient
) -> None:
    email = new_email("owner")
    tenant = await door.organisation(email)
    member = await door.signed_in(email)
    key = await make_key(door.database, tenant.id, "tenancy:members")
    program = door.browser()
    program.headers["x-api-key"] = key.text
    for client in (member, program):
        assert (await client.get("/members")).status_code == 200

    path = f"/admin/tenants/{tenant.id}/maintenance"
    assert code(await admin.post(f"{path}/end")) == (409, "transition_refused")
    assert code(await admin.post(path, json={"note": " "}))[0] == 422
    begun = await admin.post(path, json={"note": "We copy your pictures."})
    assert begun.json()["maintenance_note"] == "We copy your pictures."
    assert begun.json()["state"] == "active"
    assert code(await admin.post(path, json={"note": "Twice"})) == (409, "transition_refused")
    for client in (member, program):
        await _until(client, "/members", 503, "tenant_maintenance")
        refused = await client.get("/members")
        assert "We copy your pictures." in refused.json()["detail"]
        assert refused.headers["retry-after"] == "60"
    assert (await member.get("/auth/me")).status_code == 200, "they may look elsewhere"
    operator = await operator_client(door)
    given = {"tenant_id": str(tenant.id), "reason": "To see whether it is over"}
    acting = door.browser()
    opened = await operator.post(f"/admin/users/{await door.person(email)}/impersonate", json=given)
    acting.headers["authorization"] = f"Bearer {opened.json()['access_token']}"
    assert (await acting.get("/members")).status_code == 200

    assert (await admin.post(f"{path}/end")).json()["maintenance_note"] is None
    for client in (member, program):
        await _until(client, "/members", 200, "")
    told = await events_of(door.database, tenant.id, tenant.id)
    changes = [payload for name, _, payload in told if "changed" in name]
    assert [(change["fields"], change["reason"]) for change in changes] == [
        (["maintenance_note"], "We copy your pictures."), (["maintenance_note"], None),
    ]  # fmt: skip


async def test_who_is_suspended_is_not_put_under_maintenance(
    door: Door, admin: httpx.AsyncClient
) -> None:
    tenant = await door.organisation()
    await admin.post(f"/admin/tenants/{tenant.id}/suspend")
    body = {"note": "A larger disk"}
    path = f"/admin/tenants/{tenant.id}/maintenance"
    assert code(await admin.post(path, json=body)) == (409, "transition_refused")
    assert code(await admin.post(f"/admin/tenants/{new_id()}/maintenance", json=body))[0] == 404


async def _until(client: httpx.AsyncClient, path: str, status: int, wanted: str) -> None:
    """What changed is announced to every process; a moment later it holds."""
    import asyncio

    for _ in range(100):
        answer = await client.get(path)
        if answer.status_code == status:
            break
        await asyncio.sleep(0.05)
    assert (answer.status_code, answer.json().get("code", "")) == (status, wanted)


async def test_plan_and_addresses_are_changed(door: Door, admin: httpx.AsyncClient) -> None:
    tenant, other = await door.organisation(), await door.organisation()
    path, mark = f"/admin/tenants/{tenant.id}", f"s{new_id().hex[-12:]}"
    answer = await admin.patch(
        path,
        json={
            "name": "Renamed", "tier": "pro", "environment": "staging", "app_kind": "mobile",
            "limits": {"users": 7, "calls_per_month": None},
            "subdomain": mark, "custom_domain": f"{mark}.Example.com",
        },
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["tier"], shown["environment"], shown["app_kind"]) == ("pro", "staging", "mobile")
    assert shown["limits"] == {"users": 7, "calls_per_month": None}
    assert shown["custom_domain"] == f"{mark}.example.com"
    assert (await admin.get(path)).json() == shown
    fields = (await events_of(door.database, tenant.id, tenant.id))[-1][2]["fields"]
    assert set(fields) == {
        "name", "tier", "environment", "app_kind", "limits", "subdomain", "custom_domain",
    }  # fmt: skip

    theirs = f"/admin/tenants/{other.id}"
    for clash in ({"subdomain": mark}, {"custom_domain": f"{mark}.example.com"}):
        assert code(await admin.patch(theirs, json=clash)) == (409, "address_taken")
    for wrong in (
        {"limits": {"unheard_of": 1}}, {"limits": {"users": 0}}, {"limits": {"users": "many"}},
        {"subdomain": "-no-"}, {"custom_domain": "nowhere"}, {"custom_domain": "a b.example.com"},
        {"tier": "platinum"}, {"state": "active"}, {"name": None}, {"name": "  "},
    ):  # fmt: skip
        assert (await admin.patch(theirs, json=wrong)).status_code == 422, wrong
    cleared = await admin.patch(path, json={"subdomain": None})
    assert cleared.json()["subdomain"] is None


async def test_deletion_is_soft_and_happens_once(door: Door, admin: httpx.AsyncClient) -> None:
    email = new_email("owner")
    tenant = await door.organisation(email)
    path = f"/admin/tenants/{tenant.id}"
    assert (await admin.delete(path)).status_code == 204
    for call in (
        admin.delete(path), admin.get(path), admin.post(f"{path}/suspend"),
        admin.patch(path, json={"tier": "pro"}), admin.post(f"{path}/move", json={"to": "pooled"}),
    ):  # fmt: skip
        assert code(await call) == (404, "not_found")
    kept = await door.database.system.fetchval(
        "select count(*) from tenancy.member where tenant_id = $1", tenant.id
    )
    assert kept == 1
    member = await door.signed_in(email)
    me = (await member.get("/auth/me")).json()
    assert me["tenant"] is None
    assert (await events_of(door.database, tenant.id, tenant.id))[-1][0] == (
        "tenancy.tenant_deleted.v1"
    )


async def test_filters(door: Door, admin: httpx.AsyncClient) -> None:
    account = await make_account(admin)
    first, second = await door.organisation(), await door.organisation()
    for tenant in (first, second):
        await put_in_account(door.database, tenant.id, account["id"])
    await admin.patch(f"/admin/tenants/{first.id}", json={"tier": "pro", "environment": "staging"})
    await admin.post(f"/admin/tenants/{second.id}/suspend")

    async def ids(**query: str) -> list[str]:
        answer = await admin.get("/admin/tenants", params={"account_id": account["id"], **query})
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert await ids() == [str(first.id), str(second.id)]
    assert await ids(tier="pro") == [str(first.id)]
    assert await ids(environment="staging") == [str(first.id)]
    assert await ids(state="suspended") == [str(second.id)]
    assert await ids(placement="dedicated") == []
    assert await ids(q=second.slug) == [str(second.id)]
    assert await ids(q="%") == [str(first.id), str(second.id)]
    assert (await admin.get("/admin/tenants", params={"state": "x"})).status_code == 422


async def test_scopes_by_account_and_by_tenant(door: Door, admin: httpx.AsyncClient) -> None:
    account = await make_account(admin)
    inside, listed, foreign = [await door.organisation() for _ in range(3)]
    await put_in_account(door.database, inside.id, account["id"])
    client = await operator_client(
        door,
        ("accounts", [UUID(account["id"])], "tenants", "*"),
        ("tenants", [listed.id], "tenants", "read"),
    )
    seen = (await client.get("/admin/tenants", params={"limit": 200})).json()["items"]
    assert {item["id"] for item in seen} == {str(inside.id), str(listed.id)}
    assert (await client.post(f"/admin/tenants/{inside.id}/suspend")).status_code == 200
    assert (await client.get(f"/admin/tenants/{listed.id}")).status_code == 200
    # Additive, but each right only where it was given.
    for path in (f"{listed.id}/suspend", f"{foreign.id}/suspend", f"{new_id()}/suspend"):
        assert code(await client.post(f"/admin/tenants/{path}")) == (404, "not_found")
    assert code(await client.get(f"/admin/tenants/{foreign.id}")) == (404, "not_found")
    assert code(await client.patch(f"/admin/tenants/{foreign.id}", json={"tier": "pro"})) == (
        404, "not_found",
    )  # fmt: skip


async def test_people_are_found_within_the_scope(door: Door, admin: httpx.AsyncClient) -> None:
    email = new_email("Findme")
    tenant = await door.organisation(email)
    foreign = await door.organisation(new_email("findme"))
    found = (await admin.get("/admin/users", params={"email": email.upper()})).json()["items"]
    assert [item["email"].lower() for item in found] == [email.lower()]
    assert [item["tenant_id"] for item in found[0]["tenants"]] == [str(tenant.id)]
    client = await operator_client(door, ("tenants", [tenant.id], "users", "read"))
    page = (await client.get("/admin/users", params={"email": "findme"})).json()["items"]
    assert [item["id"] for item in page] == [found[0]["id"]]
    assert str(foreign.id) not in str(page)
    assert (await client.get("/admin/users", params={"email": "a"})).status_code == 422
