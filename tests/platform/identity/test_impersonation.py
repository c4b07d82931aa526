"""Acting for a person: reason, limits, notice, both names, and what stays forbidden."""

import asyncio
from uuid import UUID

import httpx
import jwt
import pytest
from sqlalchemy import text

from metatron.kernel.context import system_context
from tests.support.control import make_operator
from tests.support.people import Door, new_email, use_token

REASON = "Ticket 4711: the book shows a wrong total"


async def _operator(door: Door, **grant: object) -> tuple[httpx.AsyncClient, UUID]:
    email = new_email("operator")
    user_id = await door.person(email)
    await make_operator(door.database, user_id, **grant)  # type: ignore[arg-type]
    return await door.signed_in(email), user_id


async def _impersonate(
    client: httpx.AsyncClient, user_id: UUID, tenant_id: UUID, **more: object
) -> httpx.Response:
    body = {"tenant_id": str(tenant_id), "reason": REASON, **more}
    return await client.post(f"/admin/users/{user_id}/impersonate", json=body)


async def test_an_operator_acts_for_a_person(door: Door) -> None:
    tenant = await door.organisation()
    email = new_email("target")
    target = await door.signed_in(email, tenant.id, ("organiser",))
    user_id = await door.person(email)
    operator, operator_id = await _operator(door)
    answer = await _impersonate(operator, user_id, tenant.id, minutes=60)
    assert answer.status_code == 200, answer.text
    assert "set-cookie" not in answer.headers
    assert (answer.json()["refresh_token"], answer.json()["expires_in"]) == (None, 3_600)
    token = answer.json()["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["imp"], claims["sub"]) == (str(operator_id), str(user_id))
    assert claims["imp_exp"] == claims["exp"]
    acting = door.browser()
    use_token(acting, answer.json())
    me = (await acting.get("/auth/me")).json()
    assert me["user"]["email"] == email
    assert me["impersonator"]["id"] == str(operator_id)
    assert me["impersonator"]["reason"] == REASON
    assert me["tenant"]["id"] == str(tenant.id)
    mail = (await door.mails(email))[-1]
    assert mail["template"] == "identity.impersonated"
    assert REASON in mail["text"]
    items = (await target.get("/auth/sessions")).json()["items"]
    assert len(items) == 1  # the person's own devices only


async def test_what_stays_forbidden(door: Door) -> None:
    tenant = await door.organisation()
    email = new_email("target")
    client = await door.signed_in(email, tenant.id, ("organiser",))
    device = (await client.get("/auth/sessions")).json()["items"][0]["id"]
    operator, _ = await _operator(door)
    user_id = await door.person(email)
    acting = door.browser()
    use_token(acting, (await _impersonate(operator, user_id, tenant.id)).json())
    attempts = [
        ("POST", "/auth/password", {"new_password": "plum-tractor-nine-lakes"}),
        ("POST", "/auth/totp", None),
        ("POST", "/auth/totp/confirm", {"code": "123456"}),
        ("POST", "/auth/totp/remove", {"code": "123456"}),
        ("POST", "/auth/passkeys/registration-options", None),
        ("POST", "/auth/passkeys", {"challenge_id": device, "name": "x", "credential": {}}),
        ("DELETE", f"/auth/passkeys/{device}", None),
        ("DELETE", f"/auth/sessions/{device}", None),
        ("POST", "/auth/sessions/revoke-others", None),
        ("POST", "/auth/resend-verification", None),
        ("PATCH", "/auth/me", {"display_name": "Somebody"}),
        ("POST", "/auth/switch", {"tenant_id": str(tenant.id)}),
        ("POST", "/invitations/accept", {"token": "x"}),
        ("PUT", "/notification-preferences/amc.alerts", {"delivery": "off"}),
        ("POST", "/saved-views", {"list_name": "campaigns", "name": "Mine", "search": {}}),
        ("DELETE", f"/saved-views/{device}", None),
    ]
    for method, path, body in attempts:
        answer = await acting.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "impersonation_forbidden"), path
    assert (await acting.post("/auth/refresh", json={})).status_code == 401
    assert (await acting.post(f"/admin/users/{user_id}/impersonate", json={})).status_code == 403


async def test_nothing_it_gives_outlives_it(door: Door) -> None:
    """A key, an invitation or a role would open the organisation after the hour is over."""
    tenant = await door.organisation()
    email = new_email("target")
    client = await door.signed_in(email, tenant.id, ("owner",))
    application = (await client.post("/applications", json={"name": "Till"})).json()["id"]
    given = {"name": "Key", "application_id": application, "scopes": ["campaigns:read"]}
    key = (await client.post("/api-keys", json=given)).json()["id"]
    role = {"name": "Readers", "permissions": ["campaigns:read"]}
    role_id = (await client.post("/roles", json=role)).json()["id"]
    member = (await client.get("/members")).json()["items"][0]["id"]
    operator, _ = await _operator(door)
    acting = door.browser()
    answer = await _impersonate(operator, await door.person(email), tenant.id)
    use_token(acting, answer.json())
    attempts = [
        ("POST", "/api-keys", given),
        ("POST", f"/api-keys/{key}/rotate", {"overlap_seconds": 60}),
        ("POST", "/invitations", {"email": new_email("friend"), "role_ids": [role_id]}),
        ("PATCH", f"/members/{member}", {"role_ids": [role_id]}),
        ("POST", "/roles", {"name": "More", "permissions": ["campaigns:books"]}),
        ("PATCH", f"/roles/{role_id}", {"permissions": ["campaigns:books"]}),
        ("POST", "/organisations", {"name": "Branch"}),
    ]
    for method, path, body in attempts:
        answer = await acting.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied"), path
    assert (await acting.get("/members")).is_success
    assert (await acting.delete(f"/api-keys/{key}")).status_code == 204  # ending is no giving


async def test_both_names_stand_in_the_log(door: Door) -> None:
    tenant = await door.organisation()
    email = new_email("target")
    await door.signed_in(email, tenant.id, ("organiser",))
    user_id = await door.person(email)
    operator, operator_id = await _operator(door)
    acting = door.browser()
    use_token(acting, (await _impersonate(operator, user_id, tenant.id)).json())
    assert (await acting.post("/auth/logout")).status_code == 204
    found = "select actor_id, impersonator_id, payload from kernel.event where aggregate_id = :u"
    async with door.database.transaction(system_context()) as session:
        rows = (
            await session.execute(
                text(f"{found} and name = 'identity.user_signed_out.v1'"), {"u": user_id}
            )
        ).all()
    assert [(row.actor_id, row.impersonator_id) for row in rows] == [(user_id, operator_id)]
    async with door.database.transaction(system_context(tenant.id)) as session:
        row = (
            await session.execute(
                text(f"{found} and name = 'identity.impersonation_started.v1'"), {"u": user_id}
            )
        ).one()
    assert row.payload["operator_user_id"] == str(operator_id)
    assert row.actor_id == operator_id
    assert REASON not in str(row.payload)


async def test_who_cannot_be_impersonated_and_by_whom(door: Door) -> None:
    tenant, other = await door.organisation(), await door.organisation()
    email = new_email("target")
    await door.signed_in(email, tenant.id, ("organiser",))
    user_id = await door.person(email)
    operator, operator_id = await _operator(door)
    _, colleague = await _operator(door)
    for person in (operator_id, colleague):
        answer = await _impersonate(operator, person, tenant.id)
        assert (answer.status_code, answer.json()["code"]) == (403, "cannot_impersonate")
    assert (await _impersonate(operator, user_id, other.id)).status_code == 404
    narrow, _ = await _operator(door, tenants=(other.id,))
    # Out of reach reads as unknown, whoever it is: nobody learns who belongs where, or operates.
    for person in (user_id, await door.person(new_email()), colleague):
        answer = await _impersonate(narrow, person, tenant.id)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), person
    reader, _ = await _operator(door, resource="tenants", action="read")
    assert (await _impersonate(reader, user_id, tenant.id)).json()["code"] == "permission_denied"
    member = await door.signed_in(new_email(), tenant.id, ("owner",))
    assert (await _impersonate(member, user_id, tenant.id)).json()["code"] == "permission_denied"
    for bad in ({"reason": "short"}, {"minutes": 61}, {"minutes": 0}):
        assert (await _impersonate(operator, user_id, tenant.id, **bad)).status_code == 422


@pytest.mark.parametrize("change", ["suspended", "narrowed"])
async def test_it_ends_with_the_operators_rights(door: Door, change: str) -> None:
    tenant = await door.organisation()
    email = new_email("target")
    await door.signed_in(email, tenant.id, ("organiser",))
    operator, operator_id = await _operator(door)
    acting = door.browser()
    answer = await _impersonate(operator, await door.person(email), tenant.id)
    use_token(acting, answer.json())
    assert (await acting.get("/auth/me")).is_success
    changes = {
        "suspended": "update tenancy.operator set state = 'suspended' where user_id = $1",
        "narrowed": "update tenancy.operator_grant set scope = 'tenants', subject_ids ="
        " array[gen_random_uuid()] where operator_id = (select id from tenancy.operator"
        " where user_id = $1)",
    }
    await door.database.system.execute(changes[change], operator_id)
    await door.database.system.execute(
        "select pg_notify('metatron_access', 'user:' || $1::text)", str(operator_id)
    )
    for _ in range(60):
        after = await acting.get("/auth/me")
        if after.status_code == 401:
            break
        await asyncio.sleep(0.1)
    assert after.status_code == 401
