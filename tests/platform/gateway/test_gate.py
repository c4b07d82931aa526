"""Who is let in, with which context, and how fast a change is heard."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256

import asyncpg
import httpx
import orjson
import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.http.access import operator, public, requires, signed_in
from metatron.kernel.http.hot import HotRequest, hot
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Who
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.interface import add_member
from metatron.platform.tenancy.key_format import new_key
from tests.support.control import make_key, make_operator, revoke_key
from tests.support.people import Door, new_email, running

ADMIN_KEY = "the-admin-key-of-this-test"


def _shown(context: Who) -> dict[str, object]:
    return {
        "kind": context.actor_kind,
        "tenant": str(context.tenant_id),
        "actor": str(context.actor_id),
        "permissions": sorted(context.permissions),
        "ip": context.ip,
    }


async def _hot_members(asked: HotRequest) -> tuple[int, bytes]:
    return 200, orjson.dumps(_shown(asked.context))


def _probe() -> Router:
    router = Router(prefix="/probe")

    @router.get("/public")
    @public()
    async def probe_public(context: Who) -> dict[str, object]:
        return _shown(context)

    @router.get("/signed-in")
    @signed_in()
    async def probe_signed_in(context: Who) -> dict[str, object]:
        return _shown(context)

    # Hot, so that all that is asked of the gate here is asked of both ways into it.
    @router.get("/members")
    @requires("tenancy:members")
    @hot(_hot_members, when=lambda _scope, _value: True)
    async def probe_members(context: Who) -> dict[str, object]:
        return _shown(context)

    @router.post("/members")
    @requires("tenancy:members")
    async def probe_write(context: Who) -> dict[str, object]:
        return _shown(context)

    @router.get("/operator")
    @operator("tenants:read")
    async def probe_operator(context: Who) -> dict[str, object]:
        return _shown(context)

    return router


@pytest.fixture(scope="session")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    digest = sha256(ADMIN_KEY.encode()).hexdigest()
    async with running(
        settings.model_copy(update={"admin_key_hash": digest}), database
    ) as application:
        _probe().place(application, "/api/v1")
        yield application


async def _refused(client: httpx.AsyncClient, path: str, status: int, code: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def _becomes(client: httpx.AsyncClient, path: str, status: int) -> httpx.Response:
    """Wait for a notice to be heard: at most as long as a fact may be old."""
    for _ in range(60):
        answer = await client.get(path)
        if answer.status_code == status:
            return answer
        await asyncio.sleep(0.1)
    pytest.fail(f"{path} still answers {answer.status_code}: {answer.text}")


async def test_no_credentials(door: Door) -> None:
    browser = door.browser("203.0.113.7")
    assert (await browser.get("/probe/public")).json()["kind"] == "anonymous"
    assert (await browser.get("/probe/public")).json()["ip"] == "203.0.113.7"
    await _refused(browser, "/probe/signed-in", 401, "unauthenticated")
    await _refused(browser, "/probe/members", 401, "missing_api_key")
    await _refused(browser, "/probe/operator", 401, "unauthenticated")


async def test_a_member_has_the_rights_of_the_roles(door: Door) -> None:
    tenant = await door.organisation()
    client = await door.signed_in(new_email(), tenant.id, ("organiser",))
    shown = (await client.get("/probe/members")).json()
    assert shown["tenant"] == str(tenant.id)
    assert shown["kind"] == "user"
    assert "tenancy:members" in shown["permissions"]
    participant = await door.signed_in(new_email(), tenant.id, ("participant",))
    await _refused(participant, "/probe/members", 403, "permission_denied")


async def test_refusals_are_logged_with_who_where_and_what(door: Door) -> None:
    tenant = await door.organisation()
    participant = await door.signed_in(new_email(), tenant.id, ("participant",))
    stranger = door.browser("203.0.113.8")
    with structlog.testing.capture_logs() as lines:
        await _refused(participant, "/probe/members", 403, "permission_denied")
        await _refused(stranger, "/probe/members", 401, "missing_api_key")
        await _refused(stranger, "/applications", 401, "missing_api_key")  # the hot way
        assert (await stranger.get("/probe/public")).status_code == 200
    denied, *unknown = [line for line in lines if line["event"] == "refused"]
    assert (denied["code"], denied["tenant_id"]) == ("permission_denied", str(tenant.id))
    assert denied["actor"] == "user"
    assert denied["actor_id"]
    assert [line["address"] for line in unknown] == ["203.0.113.8"] * 2
    assert {line["code"] for line in unknown} == {"missing_api_key"}
    assert all(line["route"].endswith(("/probe/members", "/applications")) for line in unknown)
    assert all(line["request_id"] for line in unknown)


async def test_a_person_without_organisation_is_in_the_platforms_tenant(door: Door) -> None:
    client = await door.signed_in(new_email())
    shown = (await client.get("/probe/signed-in")).json()
    assert (shown["tenant"], shown["permissions"]) == (str(PLATFORM_TENANT_ID), [])
    await _refused(client, "/probe/members", 403, "permission_denied")
    assert (await client.get("/probe/public")).json()["kind"] == "user"


async def test_a_wrong_token_is_anonymous_on_public_routes_only(door: Door) -> None:
    browser = door.browser()
    browser.headers["authorization"] = "Bearer nonsense"
    assert (await browser.get("/probe/public")).json()["kind"] == "anonymous"
    await _refused(browser, "/probe/signed-in", 401, "unauthenticated")
    browser.headers["authorization"] = "Basic dXNlcjpwdw=="
    await _refused(browser, "/probe/signed-in", 401, "unauthenticated")


async def test_two_authorization_headers_are_refused(door: Door) -> None:
    client = await door.signed_in(new_email())
    token = client.headers["authorization"]
    request = client.build_request("GET", "/probe/signed-in")
    request.headers = httpx.Headers([("authorization", token), ("authorization", token)])
    assert (await client.send(request)).status_code == 401


async def test_a_revoked_session_is_refused_at_once(door: Door) -> None:
    email = new_email()
    first, second = await door.signed_in(email), await door.signed_in(email)
    assert (await first.get("/probe/signed-in")).is_success
    assert (await second.post("/auth/sessions/revoke-others")).status_code == 204
    await _becomes(first, "/probe/signed-in", 401)
    assert (await second.get("/probe/signed-in")).is_success


async def test_a_role_change_is_heard(door: Door) -> None:
    tenant = await door.organisation()
    email = new_email()
    client = await door.signed_in(email, tenant.id, ("participant",))
    await _refused(client, "/probe/members", 403, "permission_denied")
    context = system_context(tenant.id)
    user_id = await door.person(email)
    async with door.database.transaction(context) as session:
        roles = ("organiser",)
        await add_member(session, context, user_id=user_id, role_names=roles, now=utc_now())
    await _becomes(client, "/probe/members", 200)


async def test_a_suspended_organisation_is_closed_but_its_people_can_leave(door: Door) -> None:
    tenant = await door.organisation()
    client = await door.signed_in(new_email(), tenant.id, ("organiser",))
    await _set_state(door, tenant.id, "suspended")
    answer = await _becomes(client, "/probe/members", 403)
    assert answer.json()["code"] == "tenant_inactive"
    await _refused(client, "/probe/signed-in", 403, "tenant_inactive")
    assert (await client.get("/auth/me")).json()["tenant"]["id"] == str(tenant.id)
    away = await client.post("/auth/switch", json={"tenant_id": str(PLATFORM_TENANT_ID)})
    assert away.is_success


async def test_while_an_organisation_moves_it_can_be_read(door: Door) -> None:
    tenant = await door.organisation()
    client = await door.signed_in(new_email(), tenant.id, ("organiser",))
    await _set_state(door, tenant.id, "moving")
    for _ in range(60):
        answer = await client.post("/probe/members")
        if answer.status_code == 503:
            break
        await asyncio.sleep(0.1)
    assert (answer.status_code, answer.json()["code"]) == (503, "tenant_moving")
    assert "retry-after" in answer.headers
    assert (await client.get("/probe/members")).is_success


async def _set_state(door: Door, tenant_id: object, state: str) -> None:
    await door.database.system.execute(
        "update tenancy.tenant set state = $2 where id = $1", tenant_id, state
    )
    await door.database.system.execute(
        "select pg_notify('metatron_access', 'tenant:' || $1::text)", str(tenant_id)
    )


async def test_an_unverified_person_gets_no_further_than_their_account(door: Door) -> None:
    email = new_email()
    browser = door.browser()
    body = {"email": email, "display_name": "New", "password": "correct horse battery"}
    assert (await browser.post("/auth/register", json=body)).status_code == 202
    signed = await browser.post(
        "/auth/login", json={"email": email, "password": "correct horse battery"}
    )
    browser.headers["authorization"] = f"Bearer {signed.json()['access_token']}"
    await _refused(browser, "/probe/signed-in", 403, "email_unverified")
    assert (await browser.get("/probe/public")).json()["kind"] == "anonymous"
    me = (await browser.get("/auth/me")).json()
    assert me["user"]["email_verified"] is False
    token = await door.link_token(email)
    verified = await browser.post("/auth/verify-email", json={"token": token})
    assert verified.json()["password_kept"] is True
    await _becomes(browser, "/probe/signed-in", 200)


async def test_the_admin_key(door: Door) -> None:
    browser = door.browser()
    browser.headers["x-admin-key"] = ADMIN_KEY
    shown = (await browser.get("/probe/operator")).json()
    assert (shown["kind"], shown["tenant"]) == ("admin_key", str(PLATFORM_TENANT_ID))
    await _refused(browser, "/probe/signed-in", 401, "unauthenticated")
    browser.headers["x-admin-key"] = "wrong"
    await _refused(browser, "/probe/operator", 401, "invalid_admin_key")
    async with door.database.transaction(system_context()) as session:
        noted = await session.scalar(
            text("select count(*) from kernel.event where name = 'gateway.admin_key_refused.v1'")
        )
    assert noted >= 1


async def test_the_admin_key_in_the_header_that_watching_programs_send(door: Door) -> None:
    browser = door.browser()
    browser.headers["authorization"] = f"Bearer {ADMIN_KEY}"
    shown = (await browser.get("/probe/operator")).json()
    assert (shown["kind"], shown["tenant"]) == ("admin_key", str(PLATFORM_TENANT_ID))
    for path in ("/probe/signed-in", "/probe/members"):
        await _refused(browser, path, 401, "unauthenticated")
    browser.headers["authorization"] = f"Bearer {ADMIN_KEY}x"
    await _refused(browser, "/probe/operator", 401, "unauthenticated")
    tenant = await door.organisation()
    theirs = await make_key(door.database, tenant.id, "tenancy:members")
    browser.headers["authorization"] = f"Bearer {theirs.text}"
    await _refused(browser, "/probe/operator", 401, "invalid_admin_key")


async def test_an_api_key_acts_for_its_organisation(door: Door) -> None:
    tenant = await door.organisation()
    key = await make_key(door.database, tenant.id, "tenancy:members")
    client = door.browser()
    client.headers["x-api-key"] = key.text
    shown = (await client.get("/probe/members")).json()
    assert (shown["kind"], shown["tenant"]) == ("api_key", str(tenant.id))
    assert shown["permissions"] == ["tenancy:members"]
    await _refused(client, "/probe/signed-in", 401, "unauthenticated")
    await _refused(client, "/probe/operator", 401, "unauthenticated")
    narrow = await make_key(door.database, tenant.id, "tenancy:clock")
    client.headers["x-api-key"] = narrow.text
    await _refused(client, "/probe/members", 403, "permission_denied")


async def test_wrong_api_keys_have_three_codes(door: Door) -> None:
    client = door.browser()
    for text_of_key, code in (
        ("", "missing_api_key"),
        ("mtk_live_nonsense", "invalid_api_key_format"),
        (new_key(is_sandbox=False), "invalid_api_key"),
    ):
        client.headers["x-api-key"] = text_of_key
        await _refused(client, "/probe/members", 401, code)


async def test_a_revoked_key_is_refused_at_once(door: Door) -> None:
    tenant = await door.organisation()
    key = await make_key(door.database, tenant.id, "tenancy:members")
    client = door.browser()
    client.headers["x-api-key"] = key.text
    assert (await client.get("/probe/members")).is_success
    await revoke_key(door.database, tenant.id, key.id)
    answer = await _becomes(client, "/probe/members", 401)
    assert answer.json()["code"] == "invalid_api_key"


async def test_a_key_with_an_allow_list(door: Door) -> None:
    tenant = await door.organisation()
    key = await make_key(
        door.database, tenant.id, "tenancy:members", ip_allow_list=("192.0.2.0/24",)
    )
    inside, outside = door.browser("192.0.2.9"), door.browser("198.51.100.9")
    for client in (inside, outside):
        client.headers["x-api-key"] = key.text
    assert (await inside.get("/probe/members")).is_success
    await _refused(outside, "/probe/members", 403, "address_not_allowed")


async def test_key_and_token_must_agree_and_the_narrower_counts(door: Door) -> None:
    tenant, other = await door.organisation(), await door.organisation()
    client = await door.signed_in(new_email(), tenant.id, ("administrator",))
    client.headers["x-api-key"] = (await make_key(door.database, tenant.id, "tenancy:members")).text
    shown = (await client.get("/probe/members")).json()
    assert (shown["kind"], shown["permissions"]) == ("user", ["tenancy:members"])
    client.headers["x-api-key"] = (await make_key(door.database, other.id, "tenancy:members")).text
    await _refused(client, "/probe/members", 403, "tenant_mismatch")
    async with door.database.transaction(system_context()) as session:
        noted = await session.scalar(
            text(
                "select count(*) from kernel.event"
                " where name = 'gateway.credentials_mismatched.v1'"
                " and payload->>'tenant_of_key_id' = :t"
            ),
            {"t": str(other.id)},
        )
    assert noted == 1


async def test_a_header_names_no_tenant(door: Door) -> None:
    tenant, other = await door.organisation(), await door.organisation()
    client = await door.signed_in(new_email(), tenant.id, ("organiser",))
    for name in ("x-tenant-id", "x-tenant", "x-organisation"):
        client.headers[name] = str(other.id)
    assert (await client.get("/probe/members")).json()["tenant"] == str(tenant.id)


async def test_operators(door: Door) -> None:
    email = new_email()
    user_id = await door.person(email)
    client = await door.signed_in(email)
    await _refused(client, "/probe/operator", 403, "permission_denied")
    await make_operator(door.database, user_id, resource="tenants", action="read")
    shown = (await _becomes(client, "/probe/operator", 200)).json()
    assert (shown["kind"], shown["actor"]) == ("operator", str(user_id))
    assert shown["permissions"] == ["tenants:read"]
    assert (await client.get("/auth/me")).json()["is_operator"] is True


async def test_without_an_admin_key_configured(door: Door) -> None:
    gate = door.app.state.gate
    kept, gate._admin_key_hash = gate._admin_key_hash, None
    try:
        browser = door.browser()
        browser.headers["x-admin-key"] = ADMIN_KEY
        await _refused(browser, "/probe/operator", 503, "admin_key_not_configured")
    finally:
        gate._admin_key_hash = kept


async def test_a_lost_listener_is_replaced(door: Door) -> None:
    email = new_email()
    first, second = await door.signed_in(email), await door.signed_in(email)
    assert (await first.get("/probe/signed-in")).is_success
    owner = await asyncpg.connect(door.settings.database_owner_url.get_secret_value())
    try:
        await owner.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and query ilike 'listen%access%'"
        )
    finally:
        await owner.close()
    assert (await second.post("/auth/sessions/revoke-others")).status_code == 204
    await _becomes(first, "/probe/signed-in", 401)


async def test_a_warm_request_asks_the_database_nothing(door: Door) -> None:
    tenant = await door.organisation()
    client = await door.signed_in(new_email(), tenant.id, ("organiser",))
    assert (await client.get("/probe/members")).is_success
    asked: list[str] = []

    async def deaf(*arguments: object, **_: object) -> None:
        asked.append(str(arguments[0]))
        raise AssertionError(arguments)

    system = door.app.state.gate.facts._database.system
    original = type(system).fetchrow, type(system).fetch
    type(system).fetchrow = type(system).fetch = deaf
    try:
        for _ in range(20):
            assert (await client.get("/probe/members")).is_success
    finally:
        type(system).fetchrow, type(system).fetch = original
    assert asked == []
