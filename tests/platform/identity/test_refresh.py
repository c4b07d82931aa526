"""Refresh through the API: rotation, races, reuse, the cookie and its defences."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

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


ORDINARY = "application/json; way=ordinary"


async def _asked(client: httpx.AsyncClient, kind: str, body: bytes) -> tuple[object, ...]:
    """What is asked for this way is answered with: all but the secrets themselves."""
    answer = await client.post("/auth/refresh", content=body, headers={"content-type": kind})
    told = {name: value for name, value in answer.json().items() if str(value).count(".") != 2}
    told = {name: value for name, value in told.items() if name not in {"request_id", "instance"}}
    headers = sorted(set(answer.headers) - {"ratelimit-remaining", "ratelimit-reset"})
    attributes = answer.headers.get("set-cookie", "").partition(";")[2]
    return answer.status_code, told, headers, attributes.replace("604799", "604800")


async def test_the_short_way_and_the_ordinary_one_answer_alike(door: Door) -> None:
    for body in (b"{}", b"null", b" ", b"[]", b'{"refresh_token": 5}', b'{"other": 1}', b"{"):
        found = []
        for kind in ("application/json", ORDINARY):
            client, _ = await _signed(door)
            found.append(await _asked(client, kind, body))
        assert found[0] == found[1], body
    stranger = door.browser()
    ways = [await _asked(stranger, kind, b"{}") for kind in ("application/json", ORDINARY)]
    assert ways[0] == ways[1]
    assert ways[0][0] == 401


@contextmanager
def _over_https(door: Door) -> Iterator[Door]:
    """The same application as an installation that is reached over https."""
    desk = door.app.state.identity_desk
    https = desk.settings.model_copy(update={"public_url": "https://suite.example"})
    door.app.state.identity_desk = type(desk)(https, desk.issuer, desk.hashes, desk.secrets)
    try:
        yield door
    finally:
        door.app.state.identity_desk = desk


def _cookies(answer: httpx.Response) -> dict[str, str]:
    """What each cookie of an answer says, by its name."""
    given = answer.headers.get_list("set-cookie")
    return {each.partition("=")[0]: each.partition("=")[2] for each in given}


async def test_over_https_cookies_are_secure(door: Door) -> None:
    with _over_https(door):
        browser = door.browser()
        browser.base_url = httpx.URL("https://suite.example/api/v1")
        asked = await browser.post("/auth/send-magic-link", json={"email": new_email()})
        email = new_email()
        await door.person(email)
        await door.sign_in(browser, email)
        refreshed = await browser.post("/auth/refresh", json={})
        assert refreshed.status_code == 200
        # Without the prefix a sibling host could have planted it.
        secret = browser.cookies[f"__Host-{COOKIE}"]
        planted = browser.build_request("POST", "/auth/refresh", json={})
        planted.headers["cookie"] = f"{COOKIE}={secret}"
        assert (await browser.send(planted)).status_code == 401
        ended = await browser.post("/auth/logout", json={})
    given = _cookies(asked) | _cookies(refreshed)
    assert set(given) == {"__Host-metatron_browser", f"__Host-{COOKIE}"}
    for cookie in given.values():
        for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/;"):
            assert part in f"{cookie};"
        assert "Domain" not in cookie
    assert "Max-Age=0" in _cookies(ended)[f"__Host-{COOKIE}"]


async def test_a_new_sign_in_ends_the_session_it_takes_the_place_of(door: Door) -> None:
    browser, first = await _signed(door)
    old = browser.headers["authorization"]
    another = new_email()
    await door.person(another)
    await door.sign_in(browser, another)
    assert (await _by_body(browser, first)).status_code == 401
    assert (await browser.get("/auth/me", headers={"authorization": old})).status_code == 401
    assert (await browser.get("/auth/me")).status_code == 200
    # A planted cookie names nobody else's session: only what this browser held ends.
    other, theirs = await _signed(door)
    request = browser.build_request("POST", "/auth/send-magic-link", json={"email": new_email()})
    request.headers["cookie"] = f"{COOKIE}={theirs}; {COOKIE}={'x' * 43}"
    assert (await browser.send(request)).status_code == 202
    assert (await other.post("/auth/refresh", json={})).status_code == 200


async def test_a_form_of_another_site_signs_nobody_in(door: Door) -> None:
    email = new_email()
    await door.signed_in(email)
    body = f'{{"email": "{email}", "password": "whatever-it-is-9"}}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        headers = {"content-type": kind} if kind else {}
        answer = await door.browser().post("/auth/login", content=body, headers=headers)
        assert answer.status_code in {415, 422}, (kind, answer.text)


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
