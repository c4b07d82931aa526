"""Refresh through the API: rotation, races, reuse, the cookie and its defences."""

import asyncio

import httpx
from sqlalchemy import text

from metatron.kernel.context import system_context
from tests.support.people import Door, new_email

COOKIE = "metatron_refresh"


async def _signed(door: Door) -> tuple[httpx.AsyncClient, str]:
    client = await door.signed_in(new_email())
    return client, client.cookies[COOKIE]


async def _by_body(client: httpx.AsyncClient, token: str) -> httpx.Response:
    request = client.build_request("POST", "/auth/refresh", json={"refresh_token": token})
    request.headers.pop("cookie", None)
    return await client.send(request)


async def _age(door: Door, seconds: int) -> None:
    """Let every used token have been used so much earlier."""
    async with door.database.transaction(system_context()) as session:
        await session.execute(
            text("update identity.refresh_token set used_at = used_at - make_interval(secs => :s)"),
            {"s": seconds},
        )


async def test_the_cookie_is_rotated_and_out_of_reach(door: Door) -> None:
    client, first = await _signed(door)
    answer = await client.post("/auth/refresh", json={})
    assert answer.status_code == 200
    assert client.cookies[COOKIE] != first
    cookie = answer.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=strict", "path=/api/v1/auth", "max-age=604"):
        assert part in cookie
    assert "secure" not in cookie  # this installation is served over http
    assert answer.json()["refresh_token"] is None
    assert (await client.get("/auth/me")).is_success


async def test_over_https_cookies_are_secure(door: Door) -> None:
    desk = door.app.state.identity_desk
    https = desk.settings.model_copy(update={"public_url": "https://suite.example"})
    door.app.state.identity_desk = type(desk)(https, desk.issuer, desk.hashes, desk.secrets)
    try:
        browser = door.browser()
        browser.base_url = httpx.URL("https://suite.example/api/v1")
        answer = await browser.post("/auth/send-magic-link", json={"email": new_email()})
    finally:
        door.app.state.identity_desk = desk
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-metatron_browser=")
    assert "Secure" in cookie
    assert "Path=/;" in cookie


async def test_the_cookie_needs_the_header_and_our_origin(door: Door) -> None:
    client, _ = await _signed(door)
    bare = client.build_request("POST", "/auth/refresh", json={})
    del bare.headers["x-metatron-csrf"]
    refused = await client.send(bare)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_header_missing")
    foreign = await client.post(
        "/auth/refresh", json={}, headers={"origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    own = await client.post("/auth/refresh", json={}, headers={"origin": door.settings.public_url})
    assert own.status_code == 200


async def test_two_refresh_cookies_mean_that_one_was_planted(door: Door) -> None:
    client, token = await _signed(door)
    request = client.build_request("POST", "/auth/refresh", json={})
    request.headers["cookie"] = f"{COOKIE}={token}; {COOKIE}={'x' * 43}"
    refused = await client.send(request)
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_refresh_token")
    assert "set-cookie" not in refused.headers


async def test_50_parallel_refreshes_all_succeed(door: Door) -> None:
    client, token = await _signed(door)
    answers = await asyncio.gather(*(_by_body(client, token) for _ in range(50)))
    assert [answer.status_code for answer in answers] == [200] * 50
    successors = {answer.json()["refresh_token"] for answer in answers}
    assert len(successors) == 50
    assert all("set-cookie" not in answer.headers for answer in answers)
    # Every loser's successor is good as well.
    again = await asyncio.gather(*(_by_body(client, item) for item in successors))
    assert {answer.status_code for answer in again} == {200}


async def test_reuse_outside_the_grace_ends_the_session(door: Door) -> None:
    client, token = await _signed(door)
    fresh = (await _by_body(client, token)).json()["refresh_token"]
    await _age(door, 11)
    reused = await _by_body(client, token)
    assert (reused.status_code, reused.json()["code"]) == (401, "refresh_token_reused")
    after = await _by_body(client, fresh)
    assert (after.status_code, after.json()["code"]) == (401, "invalid_refresh_token")
    async with door.database.transaction(system_context()) as session:
        found = await session.scalar(
            text(
                "select count(*) from kernel.event e where name = 'identity.refresh_reuse_found.v1'"
                " and (e.payload->>'session_id')::uuid = (select session_id"
                " from identity.refresh_token where token_hash = sha256(convert_to(:t, 'UTF8')))"
            ),
            {"t": token},
        )
    assert found == 1


async def test_a_thief_within_the_grace_is_found_later(door: Door) -> None:
    client, token = await _signed(door)
    mine = (await _by_body(client, token)).json()["refresh_token"]
    thiefs = (await _by_body(client, token)).json()["refresh_token"]
    assert (await _by_body(client, mine)).is_success
    await _age(door, 11)
    assert (await _by_body(client, thiefs)).json()["code"] == "refresh_token_reused"


async def test_a_lost_refresh_never_clears_the_cookie(door: Door) -> None:
    client, _ = await _signed(door)
    client.cookies.set(COOKIE, "x" * 43, domain="localhost.local", path="/api/v1/auth")
    browser = door.browser()
    browser.cookies.set(COOKIE, "y" * 43)
    refused = await browser.post("/auth/refresh", json={})
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_refresh_token")
    assert "set-cookie" not in refused.headers


async def test_sign_out_ends_the_session_and_clears_the_cookie(door: Door) -> None:
    client, token = await _signed(door)
    answer = await client.post("/auth/logout")
    assert answer.status_code == 204
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert (await _by_body(client, token)).status_code == 401
    assert (await door.browser().post("/auth/logout")).status_code == 204


async def test_a_suspended_person_is_not_refreshed(door: Door) -> None:
    email = new_email()
    client = await door.signed_in(email)
    async with door.database.transaction(system_context()) as session:
        await session.execute(
            text("update identity.user_account set state = 'suspended' where email = :e"),
            {"e": email},
        )
    assert (await client.post("/auth/refresh", json={})).status_code == 401
