"""A hostile member, a hostile neighbour and a stranger try what they can think of."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.rights import SYSTEM_ROLES, rights, system_role_id
from metatron.platform.tenancy.site import site
from tests.apps.campaigns.stage import Stage
from tests.isolation.realms import Realm, furnish
from tests.support.people import Door, new_email


@pytest.fixture(scope="module")
async def target(door: Door) -> Realm:
    return await furnish(door, f"t{uuid4().hex[:8]}")


@pytest.fixture
async def owner(target: Realm) -> httpx.AsyncClient:
    return await target.another_client()


def _code(answer: httpx.Response) -> str:
    return str(answer.json().get("code", answer.status_code))


async def _key(owner: httpx.AsyncClient, target: Realm, *scopes: str) -> httpx.AsyncClient:
    answer = await owner.post(
        "/api-keys",
        json={"name": "K", "application_id": target.one("application_id"), "scopes": scopes},
    )
    assert answer.status_code == 201, answer.text
    client = target.door.browser()
    client.headers["x-api-key"] = answer.json()["key"]
    return client


async def test_secrets_shown_once_are_not_kept(owner: httpx.AsyncClient, target: Realm) -> None:
    """A repeated Idempotency-Key must not be a way to read a secret again, nor its store."""
    key = {"idempotency-key": uuid4().hex}
    body = {
        "name": "K",
        "application_id": target.one("application_id"),
        "scopes": ["campaigns:read"],
    }
    answer = await owner.post("/api-keys", json=body, headers=key)
    secret = answer.json()["key"]
    rotated = await owner.post(
        f"/api-keys/{answer.json()['id']}/rotate", json={}, headers={"idempotency-key": "rotated"}
    )
    await owner.post("/auth/totp", json={}, headers={"idempotency-key": "totp"})
    connection = await asyncpg.connect(site().owner_dsn())
    try:
        await connection.execute(
            "select set_config('app.tenant_id', $1, false)", str(target.tenant_id)
        )
        kept = await connection.fetch("select body from kernel.idempotency_record")
        told = await connection.fetch("select payload::text from kernel.event")
        listed = await connection.fetch("select t::text from tenancy.api_key t")
    finally:
        await connection.close()
    for word in (secret, rotated.json()["key"]):
        assert not [row for row in kept if word.encode() in bytes(row[0])]
        assert not [row for row in (*told, *listed) if word in row[0]]


async def test_a_key_cannot_widen_itself(owner: httpx.AsyncClient, target: Realm) -> None:
    program = await _key(
        owner, target, "tenancy:manage_api_keys", "tenancy:roles", "tenancy:manage_members",
        "tenancy:members",
    )  # fmt: skip
    app = target.one("application_id")
    for scopes in (
        ["campaigns:settle"],
        ["*"],
        ["campaigns:*"],
        [""],
        sorted(rights().permissions),
    ):
        answer = await program.post(
            "/api-keys", json={"name": "W", "application_id": app, "scopes": scopes}
        )
        assert answer.status_code in {403, 422}, answer.text
    answer = await program.post(f"/api-keys/{target.one('key_id')}/rotate", json={})
    assert answer.status_code == 403, answer.text
    answer = await program.post("/roles", json={"name": "All", "permissions": ["campaigns:settle"]})
    assert answer.status_code in {403, 422}
    for role in SYSTEM_ROLES:
        given = {"email": new_email("w"), "role_ids": [str(system_role_id(role))]}
        answer = await program.post("/invitations", json=given)
        held = rights().by_role[role]
        allowed = held <= {"tenancy:manage_members", "tenancy:members", "tenancy:roles"}
        assert (answer.status_code == 201) == allowed, (role, answer.text)


async def test_an_administrator_cannot_make_owners(target: Realm) -> None:
    door, mail = target.door, new_email("admin")
    client = await door.signed_in(mail, target.tenant_id, ("administrator",))
    members = (await client.get("/members")).json()["items"]
    me = next(each for each in members if each["email"] == mail)
    owner = next(each for each in members if each["email"] == target.email)
    role_ids = [str(system_role_id("owner"))]
    for member_id in (me["id"], target.one("member_id")):
        answer = await client.patch(f"/members/{member_id}", json={"role_ids": role_ids})
        assert answer.status_code == 403, answer.text
    admin = [str(system_role_id("administrator"))]
    answer = await client.patch(f"/members/{owner['id']}", json={"role_ids": admin})
    assert answer.status_code in {403, 409}, answer.text
    assert (await client.delete(f"/members/{owner['id']}")).status_code in {403, 409}
    answer = await client.post("/invitations", json={"email": mail, "role_ids": role_ids})
    assert answer.status_code == 403
    everything = {"name": "Everything", "permissions": sorted(rights().permissions)}
    assert (await client.post("/roles", json=everything)).status_code == 403
    mine = await client.post("/roles", json={"name": "Mine", "permissions": ["campaigns:read"]})
    changed = await client.patch(
        f"/roles/{mine.json()['id']}", json={"permissions": sorted(rights().permissions)}
    )
    assert changed.status_code == 403


async def test_a_participant_sees_nothing_of_the_house(target: Realm) -> None:
    client = await target.door.signed_in(new_email("p"), target.tenant_id, ("participant",))
    for path in (
        "/members", "/invitations", "/roles", "/api-keys", "/applications", "/audit", "/modules",
        "/mail-messages", "/audit/export", "/campaign-settings", "/supplier/campaigns",
        f"/campaigns/{target.one('campaign_id')}/books",
        f"/campaigns/{target.one('campaign_id')}/commitments",
    ):  # fmt: skip
        answer = await client.get(path)
        assert answer.status_code == 403, (path, answer.text)
    assert (await client.get(f"/commitments/{target.one('commitment_id')}")).status_code == 404
    answer = await client.post(
        f"/commitments/{target.one('commitment_id')}/withdraw",
        json={},
        headers={"idempotency-key": uuid4().hex},
    )
    assert answer.status_code == 404
    answer = await client.post(
        f"/campaigns/{target.one('campaign_id')}/transitions",
        json={"name": "cancel", "reason": "mine"},
        headers={"idempotency-key": uuid4().hex},
    )
    assert answer.status_code == 403, answer.text


async def test_members_removed_are_out_at_once(owner: httpx.AsyncClient, target: Realm) -> None:
    mail = new_email("gone")
    client = await target.door.signed_in(mail, target.tenant_id, ("organiser",))
    assert (await client.get("/campaigns")).status_code == 200
    members = (await owner.get("/members", params={"limit": 200})).json()["items"]
    member = next(each for each in members if each["email"] == mail)
    assert (await owner.delete(f"/members/{member['id']}")).status_code == 204
    for _ in range(120):  # a revocation is heard of at once, or known after 5 s
        if (await client.get("/campaigns")).status_code != 200:
            break
        await asyncio.sleep(0.05)
    assert (await client.get("/campaigns")).status_code in {401, 403}


async def test_tokens_are_not_taken_for_one_another(target: Realm) -> None:
    door = target.door
    client = await target.another_client()
    access = client.headers["authorization"].removeprefix("Bearer ")
    refresh = next(c.value for c in client.cookies.jar if "refresh" in c.name)
    await door.browser().post("/auth/send-magic-link", json={"email": target.email})
    link = await door.link_token(target.email)
    stranger = door.browser()
    for token in (refresh, link, target.key_text):
        answer = await stranger.get("/auth/me", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 401
    for token in (access, refresh, link):
        answer = await stranger.get("/campaigns", headers={"x-api-key": token})
        assert answer.status_code == 401
    for token in (access, refresh, target.key_text):
        for path in ("/auth/verify-magic-link", "/auth/verify-email"):
            answer = await stranger.post(path, json={"token": token})
            assert 400 <= answer.status_code < 500, (path, answer.text)
        answer = await stranger.post(
            "/auth/reset-password", json={"token": token, "new_password": "long enough, is it not"}
        )
        assert 400 <= answer.status_code < 500
        answer = await stranger.post("/auth/mfa", json={"mfa_token": token, "code": "000000"})
        assert 400 <= answer.status_code < 500
    for token in (access, link, target.key_text):
        answer = await stranger.post("/auth/refresh", json={"refresh_token": token})
        assert answer.status_code == 401
    assert (await client.get("/auth/me")).status_code == 200


async def test_cookie_routes_want_the_pages_header(target: Realm) -> None:
    """What a browser sends by itself across sites opens nothing."""
    client = await target.another_client()
    del client.headers["x-metatron-csrf"], client.headers["authorization"]
    for path in ("/auth/refresh", "/auth/logout"):
        for headers in (
            {}, {"origin": "https://evil.example"}, {"content-type": "text/plain"},
            {"content-type": "application/x-www-form-urlencoded"},
        ):  # fmt: skip
            answer = await client.post(path, headers=headers)
            assert answer.status_code == 403, (path, headers, answer.text)
    client.headers["x-metatron-csrf"] = "1"
    answer = await client.post("/auth/refresh", json={}, headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers
    for cookie in client.cookies.jar:
        if "refresh" in cookie.name:
            assert cookie.has_nonstandard_attr("HttpOnly")
            assert str(cookie.get_nonstandard_attr("SameSite")).lower() in {"strict", "lax"}


async def test_mails_do_not_believe_the_host_header(target: Realm) -> None:
    client = target.door.browser()
    evil = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil"}
    for path in ("/auth/send-magic-link", "/auth/forgot-password"):
        answer = await client.post(path, json={"email": target.email}, headers=evil)
        assert answer.status_code == 202, answer.text
    mails = await target.door.mails(target.email)
    assert mails
    for mail in mails:
        assert "evil" not in mail["text"]
        assert target.door.settings.public_url.rstrip("/") in mail["text"]


@pytest.mark.parametrize(
    "place",
    [
        "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "evil",
        "/\tevil", "/ok\r\nset-cookie: a=b", "javascript:alert(1)", "/a/.", "/x" * 300,
        "/..//evil.example",
        "/a//evil.example", "/./evil", "/a/../../evil", "/%5c/evil", "///evil.example", "/\u2028x",
    ],
)  # fmt: skip
async def test_return_to_stays_here(target: Realm, place: str) -> None:
    client = target.door.browser()
    given = {"email": new_email("r"), "return_to": place}
    answer = await client.post("/auth/send-magic-link", json=given)
    assert answer.status_code == 422, (place, answer.text)


async def test_return_to_within_the_page_is_kept(target: Realm) -> None:
    for place in (
        "/",
        "/campaigns",
        "/campaigns/0190-ab?tab=books&x=%2F#top",
        "/c/demo/x.y/",
        "/a?b",
    ):
        mail = new_email("r")
        client = target.door.browser()
        answer = await client.post(
            "/auth/send-magic-link", json={"email": mail, "return_to": place}
        )
        assert answer.status_code == 202, (place, answer.text)


async def test_an_access_token_of_another_tenant_is_not_explained(
    target: Realm, door: Door
) -> None:
    other = await door.organisation(new_email("o"))
    asker = await door.signed_in(new_email("a"), other.id, ("owner",))
    token = target.client.headers["authorization"].removeprefix("Bearer ")
    answer = await asker.post("/auth/introspect", data={"token": token})
    explained = {key: value for key, value in answer.json().items() if value is not None}
    assert explained == {"active": False}


async def test_invitations_open_for_the_invited_alone(
    owner: httpx.AsyncClient, target: Realm, door: Door
) -> None:
    invited = new_email("invited")
    role = [str(system_role_id("organiser"))]
    answer = await owner.post("/invitations", json={"email": invited, "role_ids": role})
    assert answer.status_code == 201
    assert "token" not in answer.json()
    again = await owner.post("/invitations", json={"email": invited.upper(), "role_ids": role})
    assert again.status_code == 409, again.text
    connection = await asyncpg.connect(site().owner_dsn())
    try:
        await connection.execute(
            "select set_config('app.tenant_id', $1, false)", str(target.tenant_id)
        )
        rows = await connection.fetch(
            "select arguments::text from kernel.outbox where name = 'tenancy.send_mail'"
        )
    finally:
        await connection.close()
    assert all("token" not in str(row[0]) or "sealed" in str(row[0]) for row in rows)
    thief = await door.signed_in(new_email("thief"))
    for token in ("", "x", "x" * 900, "\u00e9", "%00"):
        answer = await thief.post("/invitations/accept", json={"token": token})
        assert answer.status_code in {410, 422}, answer.text


async def test_the_deadline_holds_for_everybody(target: Realm, database: Database) -> None:
    """Commit after the deadline, commit twice, withdraw twice: the first counts, or none."""
    mail = new_email("sandbox")
    tenant = await target.door.organisation(mail, is_sandbox=True)
    boss = await target.door.signed_in(mail, tenant.id)
    stage = Stage(database, tenant_id=tenant.id, now=utc_now() + timedelta(seconds=2))
    campaign = await stage.live()
    assert campaign.state == "live"
    client = await target.door.signed_in(new_email("late"), tenant.id, ("participant",))
    terms = campaign.terms_version

    def wish(**changes: Any) -> dict[str, Any]:
        return {
            "id": str(new_id()),
            "units": 1,
            "terms_version": terms,
            "acknowledged_escrow_terms": True,
            "acknowledged_may_not_succeed": True,
            "delivery": {
                "recipient": "Ada", "street": "12 Engine Row", "postal_code": "1815",
                "city": "Oslo", "country": "NO",
            },
        } | changes  # fmt: skip

    async def post(path: str, body: Any, key: str | None = None) -> httpx.Response:
        return await client.post(path, json=body, headers={"idempotency-key": key or uuid4().hex})

    where = f"/campaigns/{campaign.id}/commitments"
    first = wish()
    answers = await asyncio.gather(*(post(where, first) for _ in range(5)))
    placed = [each for each in answers if each.status_code == 202]
    assert placed, [each.text for each in answers]
    mine = (await client.get("/commitments")).json()["items"]
    assert [each["id"] for each in mine] == [first["id"]]
    for change in (
        {"amount_minor": 1}, {"unit_price_minor": 1}, {"member_id": str(new_id())},
        {"units": 0}, {"units": -1}, {"units": 2**53}, {"units": 10**30}, {"units": 1.5},
        {"units": "1"}, {"acknowledged_escrow_terms": "yes"}, {"terms_version": "999"},
        {"id": "not-a-uuid"}, {"acknowledged_escrow_terms": False}, {"tenant_id": str(new_id())},
    ):  # fmt: skip
        answer = await post(where, wish(**change))
        assert answer.status_code in {409, 422}, (change, answer.text)
    answer = await post(where, first | {"units": 2})
    assert answer.status_code == 409, answer.text
    back = await asyncio.gather(
        *(post(f"/commitments/{first['id']}/withdraw", {}) for _ in range(5))
    )
    assert sum(each.status_code == 200 for each in back) >= 1, [each.text for each in back]
    assert (await boss.get(f"/campaigns/{campaign.id}/books")).status_code == 200
    for seconds in (2**63, -1, 0, 10**30, 10 * 366 * 86_400 + 1):
        assert (await boss.post("/clock/advance", json={"seconds": seconds})).status_code == 422
    assert (await client.post("/clock/advance", json={"seconds": 60})).status_code == 403
    assert (await boss.post("/clock/advance", json={"seconds": 8 * 86_400})).status_code == 200
    late = await post(where, wish())
    assert late.status_code == 409, late.text
    assert _code(late) in {"deadline_passed", "campaign_not_open"}


async def test_forged_webhooks_are_refused(target: Realm) -> None:
    stranger = target.door.browser()
    for body in (b"", b"{}", b"[]", b"null", b'{"type":"x","tenant_id":"y"}', b"\xff", b"[" * 9000):
        for headers in (
            {}, {"sandbox-signature": "t=1,v1=00"}, {"sandbox-signature": "t=\xb2"},
            {"x-sandbox-signature": "v1=,t="}, {"sandbox-signature": "t=" + "9" * 400},
        ):  # fmt: skip
            raw = {key: value.encode("latin-1") for key, value in headers.items()}
            answer = await stranger.post("/webhooks/payments/sandbox", content=body, headers=raw)
            assert 400 <= answer.status_code < 500, (body, headers, answer.text)
    for name in ("other", "sandbox%00", "SANDBOX", "%2e%2e%2fsandbox"):
        answer = await stranger.post(f"/webhooks/payments/{name}", content=b"{}")
        assert answer.status_code == 404, (name, answer.text)
    # That is where organisations add their own, and a stranger is none.
    answer = await stranger.post("/webhooks/payments/..", content=b"{}")
    assert _code(answer) == "missing_api_key", answer.text


async def test_the_mailbox_is_closed_outside_development(target: Realm) -> None:
    app = target.door.app
    before = app.state.settings
    app.state.settings = before.model_copy(update={"environment": "production"})
    try:
        answer = await target.door.browser().get("/mailbox", params={"to": target.email})
    finally:
        app.state.settings = before
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "//api/v1/campaigns", "/api/v1//campaigns", "/api/v1/campaigns/", "/API/V1/campaigns",
        "/api/v1/campaigns;a=b",
        "/api/v1/campaigns%2f", "/..%2f..%2fetc/passwd", "/assets/..%2f..%2fpyproject.toml",
        "/assets/%2e%2e/%2e%2e/pyproject.toml", "//metrics", "/metrics/", "/metrics%00",
        "/api/v1/mailbox/", "/.env", "/.git/config", "/api/v1/%00",
    ],
)  # fmt: skip
async def test_roundabout_paths_lead_nowhere(target: Realm, path: str) -> None:
    url = httpx.URL(target.door.settings.public_url).copy_with(raw_path=path.encode())
    answer = await target.door.browser().get(
        url, headers={"authorization": target.client.headers["authorization"]}
    )
    assert answer.status_code == 404, answer.text
    assert target.marker not in answer.text
