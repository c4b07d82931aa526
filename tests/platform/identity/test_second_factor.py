"""The authenticator app: replay, recovery codes, and a throttle shared with the password."""

import asyncio
import time
from typing import Any

import httpx
import pyotp
import pytest
from sqlalchemy import text

from metatron.kernel.context import system_context
from tests.support.people import Door, new_email, use_token

GOOD = "plum-tractor-nine-lakes"


async def _with_password(door: Door, email: str) -> httpx.AsyncClient:
    client = await door.signed_in(email)
    assert (await client.post("/auth/password", json={"new_password": GOOD})).status_code == 204
    return client


async def _enable(door: Door, client: httpx.AsyncClient) -> tuple[pyotp.TOTP, list[str]]:
    offer = (await client.post("/auth/totp")).json()
    assert offer["otpauth_uri"].startswith("otpauth://totp/Metatron:")
    totp = pyotp.TOTP(offer["secret"])
    answer = await client.post("/auth/totp/confirm", json={"code": totp.now()})
    assert answer.status_code == 200, answer.text
    codes = answer.json()["recovery_codes"]
    assert len(set(codes)) == 10
    assert {len(code.replace("-", "")) * 5 for code in codes} == {120}, "bits of randomness"
    await _forget_steps(door)
    return totp, codes


async def _forget_steps(door: Door) -> None:
    """As if time had passed: the step that was just used may come again."""
    async with door.database.transaction(system_context()) as session:
        await session.execute(text("update identity.totp set last_step = 0"))


async def _first_step(client: httpx.AsyncClient, email: str) -> dict[str, Any]:
    answer = await client.post("/auth/login", json={"email": email, "password": GOOD})
    assert answer.status_code == 200
    return answer.json()


async def _second_step(client: httpx.AsyncClient, token: str, code: str) -> httpx.Response:
    return await client.post("/auth/mfa", json={"mfa_token": token, "code": code})


async def test_two_steps(door: Door) -> None:
    email = new_email()
    totp, _ = await _enable(door, await _with_password(door, email))
    browser = door.browser()
    first = await _first_step(browser, email)
    assert first["mfa_required"] is True
    assert first["methods"] == ["totp", "recovery_code"]
    assert "metatron_refresh" not in browser.cookies
    code = totp.now()
    done = await _second_step(browser, first["mfa_token"], code)
    assert done.status_code == 200
    use_token(browser, done.json())
    assert (await browser.get("/auth/me")).json()["user"]["mfa_enabled"] is True
    # The token is spent, and so is the code, for a new sign-in too.
    assert (await _second_step(browser, first["mfa_token"], code)).json()["code"] == (
        "invalid_mfa_token"
    )
    again = await _first_step(browser, email)
    replay = await _second_step(browser, again["mfa_token"], code)
    assert (replay.status_code, replay.json()["code"]) == (401, "wrong_code")


async def test_of_parallel_uses_of_one_code_one_wins(door: Door) -> None:
    email = new_email()
    totp, _ = await _enable(door, await _with_password(door, email))
    browsers = [door.browser() for _ in range(6)]
    tokens = [(await _first_step(browser, email))["mfa_token"] for browser in browsers]
    code = totp.now()
    answers = await asyncio.gather(
        *(_second_step(b, t, code) for b, t in zip(browsers, tokens, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 5


async def test_a_magic_link_owes_the_second_factor_as_well(door: Door) -> None:
    email = new_email()
    totp, _ = await _enable(door, await _with_password(door, email))
    browser = door.browser()
    body = {"email": email, "return_to": "/campaigns"}
    await browser.post("/auth/send-magic-link", json=body)
    token = await door.link_token(email)
    first = (await browser.post("/auth/verify-magic-link", json={"token": token})).json()
    assert first["mfa_required"] is True
    done = await _second_step(browser, first["mfa_token"], totp.now())
    assert done.json()["return_to"] == "/campaigns"


async def test_recovery_codes_work_once(door: Door) -> None:
    email = new_email()
    _, codes = await _enable(door, await _with_password(door, email))
    browser = door.browser()
    first = await _first_step(browser, email)
    loose = codes[0].lower().replace("-", " ")
    assert (await _second_step(browser, first["mfa_token"], loose)).status_code == 200
    again = await _first_step(browser, email)
    assert (await _second_step(browser, again["mfa_token"], codes[0])).status_code == 401
    assert (await _second_step(browser, again["mfa_token"], codes[1])).status_code == 200


async def test_five_wrong_codes_wait_and_the_password_does_not_reset_them(door: Door) -> None:
    email = new_email()
    totp, _ = await _enable(door, await _with_password(door, email))
    thief = door.browser()
    codes = []
    for n in range(8):
        answer = await thief.post("/auth/login", json={"email": email, "password": GOOD})
        if answer.status_code == 429:
            break
        guess = await _second_step(thief, answer.json()["mfa_token"], f"{n:06d}")
        codes.append(guess.status_code)
    assert codes in ([401] * 5, [401] * 4)
    owner = door.browser()
    first = await _first_step(owner, email)
    assert (await _second_step(owner, first["mfa_token"], totp.now())).status_code == 200


async def test_one_first_step_bears_five_wrong_codes(door: Door) -> None:
    email = new_email()
    totp, _ = await _enable(door, await _with_password(door, email))
    token = (await _first_step(door.browser(), email))["mfa_token"]
    for n in range(5):
        assert (await _second_step(door.browser(), token, f"{n:06d}")).status_code == 401
    late = await _second_step(door.browser(), token, totp.now())
    assert late.json()["code"] == "invalid_mfa_token"


async def test_turning_it_on_ends_other_sessions_and_off_needs_a_code(door: Door) -> None:
    email = new_email()
    client = await _with_password(door, email)
    other = await door.signed_in(email)
    totp, codes = await _enable(door, client)
    assert (await other.post("/auth/refresh", json={})).status_code == 401
    assert (await client.post("/auth/refresh", json={})).status_code == 200
    assert (await client.post("/auth/totp")).json()["code"] == "mfa_already_on"
    wrong = await client.post("/auth/totp/remove", json={"code": "000000"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_code")
    assert (await client.post("/auth/totp/remove", json={"code": codes[3]})).status_code == 204
    assert (await client.post("/auth/totp/remove", json={"code": totp.now()})).json()["code"] == (
        "mfa_not_on"
    )
    assert (await _first_step(door.browser(), email))["mfa_required"] is False


async def test_the_secret_is_sealed_and_codes_are_hashed(door: Door) -> None:
    email = new_email()
    client = await _with_password(door, email)
    secret = (await client.post("/auth/totp")).json()["secret"]
    async with door.database.transaction(system_context()) as session:
        sealed = await session.scalar(
            text("select secret_sealed from identity.totp where user_id = :u"),
            {"u": await door.person(email)},
        )
    assert secret.encode() not in bytes(sealed)


@pytest.mark.parametrize(
    "code", ["\u0661\u0662\u0663\u0664\u0665\u0666", "\x00", "é", "-", "12345"]
)
async def test_odd_codes_are_wrong_codes(door: Door, code: str) -> None:
    email = new_email()
    client = await _with_password(door, email)
    await client.post("/auth/totp")
    wrong = 422 if code == "\x00" else 401  # what is no text is refused before anybody reads it
    assert (await client.post("/auth/totp/confirm", json={"code": code})).status_code == wrong
    await _enable(door, client)
    first = await _first_step(door.browser(), email)
    assert (await _second_step(door.browser(), first["mfa_token"], code)).status_code == wrong


@pytest.mark.parametrize("steps", [-2, 2])
async def test_codes_of_a_minute_away_are_refused(door: Door, steps: int) -> None:
    client = await _with_password(door, new_email())
    offer = (await client.post("/auth/totp")).json()
    totp = pyotp.TOTP(offer["secret"])
    # In the middle of a step, so that none begins between here and the server.
    moment = int(time.time())
    code = totp.at(moment + steps * 30 + (15 if steps > 0 else -15))
    answer = await client.post("/auth/totp/confirm", json={"code": code})
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_code")
