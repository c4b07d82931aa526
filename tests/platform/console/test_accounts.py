"""Client accounts through the admin API."""

from uuid import UUID

import httpx

from metatron.kernel.clock import utc_now
from metatron.kernel.ids import new_id
from metatron.platform.gateway.admin_call_routes import months_at
from tests.support.people import Door, new_email

from .steps import code, events_of, make_account, operator_client, put_in_account, run_jobs


async def test_an_account_lives_and_is_deleted_once(door: Door, admin: httpx.AsyncClient) -> None:
    contract = {
        "kind": "annual", "value_minor": 120_000_00, "currency": "EUR",
        "starts_on": "2026-01-01", "ends_on": "2026-12-31",
    }  # fmt: skip
    answer = await admin.post("/admin/accounts", json={"name": " Acme ", "contract": contract})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["name"] == "Acme"
    assert made["contract_value_minor"] == 12_000_000
    assert made["contract_ends_on"] == "2026-12-31"

    path = f"/admin/accounts/{made['id']}"
    shown = await admin.get(path)
    assert shown.json() == made
    changed = await admin.patch(
        path, json={"contract": {"kind": "enterprise"}}, headers={"if-match": shown.headers["etag"]}
    )
    assert changed.status_code == 200, changed.text
    assert changed.json()["contract_kind"] == "enterprise"
    assert changed.json()["contract_value_minor"] == 12_000_000
    stale = await admin.patch(path, json={"name": "X"}, headers={"if-match": '"1"'})
    assert code(stale) == (412, "version_conflict")

    assert (await admin.delete(path)).status_code == 204
    assert code(await admin.delete(path)) == (404, "not_found")
    assert code(await admin.get(path)) == (404, "not_found")
    names = [name for name, _, _ in await events_of(door.database, made["id"])]
    assert names == [
        "tenancy.account_saved.v1", "tenancy.account_saved.v1", "tenancy.account_deleted.v1",
    ]  # fmt: skip


async def test_a_contract_fits_together(admin: httpx.AsyncClient) -> None:
    for contract in (
        {"value_minor": 5},
        {"starts_on": "2026-02-01", "ends_on": "2026-01-31"},
        {"value_minor": -1, "currency": "EUR"},
        {"kind": "for ever"},
        {"value_minor": 5, "currency": "euro"},
    ):
        answer = await admin.post("/admin/accounts", json={"name": "A", "contract": contract})
        assert answer.status_code == 422, contract
    answer = await admin.post("/admin/accounts", json={"name": "A", "owner": "x"})
    assert answer.status_code == 422


async def test_an_account_with_tenants_stays(door: Door, admin: httpx.AsyncClient) -> None:
    account = await make_account(admin)
    tenant = await door.organisation()
    await put_in_account(door.database, tenant.id, account["id"])
    assert code(await admin.delete(f"/admin/accounts/{account['id']}")) == (409, "account_in_use")
    shown = await admin.get(f"/admin/accounts/{account['id']}")
    assert shown.json()["tenant_count"] == 1


async def test_lists_go_by_pages(admin: httpx.AsyncClient) -> None:
    mark = new_id().hex
    made = [(await make_account(admin, f"{mark} {n}"))["id"] for n in range(5)]
    seen, cursor = [], None
    while True:
        query = {"q": mark.upper(), "limit": 2, "count": True} | (
            {"cursor": cursor} if cursor else {}
        )
        page = (await admin.get("/admin/accounts", params=query)).json()
        assert page["count"] == {"value": 5, "capped": False}
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made
    assert (await admin.get("/admin/accounts", params={"cursor": "x"})).status_code == 422


async def test_a_limited_operator_sees_their_accounts_only(
    door: Door, admin: httpx.AsyncClient
) -> None:
    own, foreign = await make_account(admin), await make_account(admin)
    limited = await operator_client(
        door, ("accounts", [UUID(own["id"])], "accounts", "*"), ("all", [], "status", "read")
    )
    listed = (await limited.get("/admin/accounts", params={"limit": 200})).json()["items"]
    assert [item["id"] for item in listed] == [own["id"]]
    for call in (
        limited.get(f"/admin/accounts/{foreign['id']}"),
        limited.patch(f"/admin/accounts/{foreign['id']}", json={"name": "Mine"}),
        limited.delete(f"/admin/accounts/{foreign['id']}"),
        limited.post("/admin/accounts", json={"name": "New"}),
        limited.get(f"/admin/accounts/{new_id()}"),
    ):
        assert code(await call) == (404, "not_found")
    changed = await limited.patch(f"/admin/accounts/{own['id']}", json={"name": "Ours"})
    assert changed.json()["name"] == "Ours"
    assert (await events_of(door.database, own["id"]))[-1][1] == "operator"


async def test_rights_are_denied_by_default(door: Door, admin: httpx.AsyncClient) -> None:
    reader = await operator_client(door, ("all", [], "accounts", "read"))
    assert (await reader.get("/admin/accounts")).status_code == 200
    for call in (
        reader.post("/admin/accounts", json={"name": "New"}),
        reader.get("/admin/tenants"),
        reader.get("/admin/operators"),
        reader.get("/admin/users", params={"email": "example"}),
    ):
        assert code(await call) == (403, "permission_denied")
    nobody = door.browser()
    assert (await nobody.get("/admin/accounts")).status_code == 401
    nobody.headers["x-admin-key"] = "wrong"
    assert (await nobody.get("/admin/accounts")).status_code == 401


async def test_a_repeat_with_one_key_has_one_effect(admin: httpx.AsyncClient) -> None:
    body, headers = {"name": new_id().hex}, {"idempotency-key": new_id().hex}
    first, second = [
        await admin.post("/admin/accounts", json=body, headers=headers) for _ in range(2)
    ]
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    found = await admin.get("/admin/accounts", params={"q": body["name"]})
    assert len(found.json()["items"]) == 1


async def test_a_suspended_account_takes_its_tenants_along(
    door: Door, admin: httpx.AsyncClient
) -> None:
    account, elsewhere = await make_account(admin), await door.organisation()
    email = new_email("owner")
    running, paused, freed = [await door.organisation(email) for _ in range(3)]
    for tenant in (running, paused, freed):
        await put_in_account(door.database, tenant.id, account["id"])
    answer = await admin.post(f"/admin/tenants/{paused.id}/suspend")
    assert answer.status_code == 200, answer.text
    member = await door.signed_in(email, running.id)
    assert (await member.get("/organisation")).status_code == 200

    async def states() -> list[str]:
        tenants = (running, paused, freed, elsewhere)
        return [(await admin.get(f"/admin/tenants/{t.id}")).json()["state"] for t in tenants]

    path = f"/admin/accounts/{account['id']}"
    answer = await admin.patch(path, json={"state": "suspended"})
    assert answer.status_code == 200, answer.text
    assert await states() == ["suspended", "suspended", "suspended", "active"]
    refused = await member.get("/organisation")
    while refused.status_code == 200:  # the notice is on its way
        refused = await member.get("/organisation")
    assert code(refused) == (403, "tenant_inactive")
    # Activated for itself, one is no longer bound to the account's fate.
    assert (await admin.post(f"/admin/tenants/{freed.id}/activate")).status_code == 200
    assert (await admin.post(f"/admin/tenants/{freed.id}/suspend")).status_code == 200

    assert (await admin.patch(path, json={"state": "active"})).status_code == 200
    assert await states() == ["active", "suspended", "suspended", "active"]
    told = await events_of(door.database, running.id, running.id)
    changes = [payload["state"] for name, _, payload in told if name.endswith("changed.v1")]
    assert changes == ["suspended", "active"]


async def test_a_tenant_added_to_a_suspended_account_waits_with_it(
    door: Door, admin: httpx.AsyncClient
) -> None:
    account, email = await make_account(admin), new_email("later")
    path = f"/admin/accounts/{account['id']}"
    assert (await admin.patch(path, json={"state": "suspended"})).status_code == 200

    async def add(**more: object) -> httpx.Response:
        wish = {
            "name": "Later Brands", "account_id": account["id"],
            "first_user": {"email": email, "display_name": "Fay"}, **more,
        }  # fmt: skip
        return await admin.post("/admin/tenants", json=wish)

    started = await add()
    assert started.status_code == 202, started.text
    tenant_id = started.json()["tenant_id"]
    await run_jobs(door.database, "tenancy.onboard")
    onboarding = await admin.get(f"/admin/onboarding/{started.json()['onboarding_id']}")
    assert onboarding.json()["state"] == "succeeded", onboarding.text

    async def state() -> str:
        return str((await admin.get(f"/admin/tenants/{tenant_id}")).json()["state"])

    assert await state() == "suspended"
    member = await door.signed_in(email)
    assert code(await member.get("/organisation")) == (403, "tenant_inactive")
    assert (await admin.patch(path, json={"state": "active"})).status_code == 200
    assert await state() == "active"
    # What an operator suspends by itself stays so when the account comes back.
    assert (await admin.post(f"/admin/tenants/{tenant_id}/suspend")).status_code == 200
    for wanted in ("suspended", "active"):
        assert (await admin.patch(path, json={"state": wanted})).status_code == 200
    assert await state() == "suspended"
    assert (await admin.patch(path, json={"state": "ended"})).status_code == 200
    assert code(await add()) == (404, "not_found")


async def test_an_account_suspended_while_a_tenant_is_set_up_takes_it_along(
    door: Door, admin: httpx.AsyncClient
) -> None:
    account = await make_account(admin)
    wish = {
        "name": "Just Then", "account_id": account["id"],
        "first_user": {"email": new_email("then"), "display_name": "Fay"},
    }  # fmt: skip
    started = (await admin.post("/admin/tenants", json=wish)).json()
    path = f"/admin/accounts/{account['id']}"
    assert (await admin.patch(path, json={"state": "suspended"})).status_code == 200
    await run_jobs(door.database, "tenancy.onboard")
    shown = (await admin.get(f"/admin/tenants/{started['tenant_id']}")).json()
    assert shown["state"] == "suspended"
    assert (await admin.patch(path, json={"state": "active"})).status_code == 200
    shown = (await admin.get(f"/admin/tenants/{started['tenant_id']}")).json()
    assert shown["state"] == "active"


async def test_what_its_tenants_use_is_added_up(door: Door, admin: httpx.AsyncClient) -> None:
    account, tenants = await make_account(admin), [await door.organisation() for _ in range(3)]
    path = f"/admin/accounts/{account['id']}/usage"
    empty = (await admin.get(path)).json()
    assert (empty["tenant_count"], empty["is_whole"]) == (0, True)
    for tenant in tenants[:2]:
        await put_in_account(door.database, tenant.id, account["id"])
    await door.signed_in(new_email("second"), tenants[0].id, ("organiser",))
    await door.signed_in(new_email("guest"), tenants[1].id, ("participant",))
    month, _ = months_at(utc_now())
    for tenant, calls in zip(tenants, (30, 12, 1_000), strict=True):
        await door.database.system.execute(
            "insert into gateway.month_calls values ($1, $2, $3)", tenant.id, month, calls
        )
    seats = 0
    for tenant in tenants[:2]:
        own = (await admin.get(f"/admin/tenants/{tenant.id}/usage")).json()["items"]
        seats += next(item["used"] for item in own if item["name"] == "users")
    told = (await admin.get(path)).json()
    used = {item["name"]: (item["used"], item["allowed"]) for item in told["items"]}
    assert used == {
        "users": (seats, 20), "storage_gb": (0, 2), "calls_per_month": (42, 200_000),
    }  # fmt: skip
    assert (told["tenant_count"], told["is_whole"]) == (2, True)
    await admin.patch(f"/admin/tenants/{tenants[1].id}", json={"tier": "enterprise"})
    told = (await admin.get(path)).json()
    assert {item["allowed"] for item in told["items"]} == {None}, "one without a bound: no bound"
    assert code(await admin.get(f"/admin/accounts/{new_id()}/usage")) == (404, "not_found")
