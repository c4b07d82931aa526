"""What operators see and do, within the reach of their grants."""

import asyncpg
import httpx

from metatron.platform.tenancy.interface import TenantFacts
from metatron.platform.tenancy.site import site
from tests.support.people import Door, new_email

from .conftest import AppointOperator

ALL = ("all", [], "*", "*")


async def _suspended(client: httpx.AsyncClient, facts: TenantFacts) -> httpx.Response:
    return await client.post(f"/admin/tenants/{facts.id}/suspend")


async def test_reach_ends_where_the_grants_end(door: Door, operator: AppointOperator) -> None:
    inside, outside = await door.organisation(), await door.organisation()
    client = await operator(("tenants", [inside.id], "tenants", "*"))
    listed = (await client.get("/admin/tenants", params={"count": "true"})).json()
    assert [item["id"] for item in listed["items"]] == [str(inside.id)]
    assert listed["count"] == {"value": 1, "capped": False}
    assert (await client.get(f"/admin/tenants/{outside.id}")).status_code == 404
    assert (await _suspended(client, outside)).status_code == 404
    assert (await _suspended(client, inside)).json()["state"] == "suspended"
    assert (await _suspended(client, inside)).json()["code"] == "transition_refused"
    assert (await client.get("/admin/accounts")).status_code == 403
    assert (await client.post("/admin/tenants", json={})).status_code == 403
    nothing = await operator()
    assert (await nothing.get("/admin/tenants")).status_code == 403
    stranger = await door.signed_in(new_email())
    assert (await stranger.get("/admin/tenants")).status_code == 403


async def test_a_suspended_tenant_is_refused_and_a_deleted_one_is_gone(
    door: Door, operator: AppointOperator
) -> None:
    email = new_email("owner")
    facts = await door.organisation(email)
    owner = await door.signed_in(email, facts.id, ("owner",))
    client = await operator(ALL)
    assert (await owner.get("/members")).status_code == 200
    await _suspended(client, facts)
    for _ in range(100):
        refused = await owner.get("/members")
        if refused.status_code == 403:
            break
    assert refused.json()["code"] == "tenant_inactive"
    await client.post(f"/admin/tenants/{facts.id}/activate")
    assert (await client.delete(f"/admin/tenants/{facts.id}")).status_code == 204
    assert (await client.delete(f"/admin/tenants/{facts.id}")).status_code == 404


async def test_while_held_writes_get_503_and_reads_go_on(door: Door) -> None:
    email = new_email("owner")
    facts = await door.organisation(email, is_sandbox=True)
    client = await door.signed_in(email, facts.id, ("owner",))
    owner = await asyncpg.connect(site().owner_dsn())
    try:
        await owner.execute(
            "insert into kernel.tenant_hold (tenant_id, reason) values ($1, 'moving')", facts.id
        )
        held = await client.post("/clock/advance", json={"seconds": 60})
        assert (held.status_code, held.json()["code"]) == (503, "tenant_moving")
        assert int(held.headers["retry-after"]) > 0
        assert (await client.get("/clock")).json()["offset_seconds"] == 0
        await owner.execute("delete from kernel.tenant_hold where tenant_id = $1", facts.id)
        assert (await client.post("/clock/advance", json={"seconds": 60})).status_code == 200
    finally:
        await owner.close()


async def test_addresses_and_limits_are_checked(door: Door, operator: AppointOperator) -> None:
    client = await operator(ALL)
    one, two = await door.organisation(), await door.organisation()
    host = f"{one.slug}.example.com"
    address = {"custom_domain": host, "limits": {"users": 7}, "tier": "pro"}
    changed = await client.patch(f"/admin/tenants/{one.id}", json=address)
    assert changed.json()["custom_domain"] == host
    taken = await client.patch(f"/admin/tenants/{two.id}", json={"custom_domain": host})
    assert taken.json()["code"] == "address_taken"
    for wrong in ({"subdomain": "-x"}, {"custom_domain": "nodots"}, {"limits": {"moons": 1}}):
        answer = await client.patch(f"/admin/tenants/{two.id}", json=wrong)
        assert answer.status_code == 422, wrong


async def test_no_operator_gives_more_than_they_hold(door: Door, operator: AppointOperator) -> None:
    facts = await door.organisation()
    client = await operator(
        ("all", [], "operators", "*"), ("tenants", [facts.id], "tenants", "read")
    )

    async def invite(**grant: object) -> httpx.Response:
        body = {"email": new_email(), "display_name": "N", "grants": [grant]}
        return await client.post("/admin/operators", json=body)

    fits = {"scope": "tenants", "subject_ids": [str(facts.id)]}
    assert (await invite(**fits, resource="tenants", action="read")).status_code == 201
    assert (await invite(scope="all", resource="tenants", action="read")).status_code == 403
    assert (await invite(**fits, resource="tenants", action="write")).status_code == 403
    assert (await invite(scope="all", resource="*", action="*")).status_code == 403
    assert (await invite(scope="all", resource="moon", action="read")).status_code == 422
    assert (await invite(scope="tenants", resource="tenants", action="read")).status_code == 422
