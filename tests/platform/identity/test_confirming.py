"""Confirming in an open session that it is oneself: by passkey, password or mailed code."""

import re
from typing import Any

import httpx
import pyotp
import pytest
from sqlalchemy import text

from metatron.kernel.context import system_context
from tests.support.authenticator import Authenticator
from tests.support.people import Door, new_email

GOOD = "plum-tractor-nine-lakes"
HERE = "/auth/confirmation"


@pytest.fixture
def email() -> str:
    return new_email()


@pytest.fixture
async def client(door: Door, email: str) -> httpx.AsyncClient:
    return await door.signed_in(email)


async def _sql(door: Door, statement: str, **values: Any) -> None:
    async with door.database.transaction(system_context()) as session:
        await session.execute(text(statement), values)


async def _grow_old(door: Door, email: str) -> None:
    """As if the session had begun, and been confirmed, sixteen minutes earlier."""
    await _sql(
        door,
        "update identity.session set created_at = created_at - interval '16 minutes',"
        " confirmed_at = confirmed_at - interval '16 minutes' where user_id = :u",
        u=await door.person(email),
    )


async def _may_change(client: httpx.AsyncClient) -> bool:
    answer = await client.post("/auth/passkeys/registration-options")
    assert answer.status_code == 200 or answer.json()["code"] == "fresh_sign_in_needed"
    return answer.status_code == 200


async def _mailed_code(door: Door, client: httpx.AsyncClient, email: str) -> str:
    assert (await client.post(f"{HERE}/send-code")).status_code == 202
    mail = (await door.mails(email))[-1]
    assert mail["template"] == "identity.confirmation_code"
    found = re.search(r"^(\d{6})$", mail["text"], re.MULTILINE)
    assert found is not None
    return found[1]


async def _set_password(client: httpx.AsyncClient) -> None:
    assert (await client.post("/auth/password", json={"new_password": GOOD})).status_code == 204


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_a_mailed_code_confirms_the_session_that_asked(
    door: Door, client: httpx.AsyncClient, email: str
) -> None:
    assert (await client.get(HERE)).json() == {
        "is_fresh": True,
        "ways": ["mail"],
        "wants_code": False,
    }
    elsewhere = await door.signed_in(email)
    await _grow_old(door, email)
    assert (await client.get(HERE)).json()["is_fresh"] is False
    first = await _mailed_code(door, client, email)
    code = await _mailed_code(door, client, email)
    if first != code:  # the newer one took its place
        gone = await client.post(f"{HERE}/mail", json={"mailed_code": first})
        assert (gone.status_code, gone.json()["code"]) == (401, "wrong_code")
    wrong = await client.post(f"{HERE}/mail", json={"mailed_code": _other(code)})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_code")
    # Another session of the same person has nothing from it.
    assert (await elsewhere.post(f"{HERE}/mail", json={"mailed_code": code})).status_code == 401
    assert not await _may_change(client)
    spaced = f"{code[:3]} {code[3:]}"
    assert (await client.post(f"{HERE}/mail", json={"mailed_code": spaced})).status_code == 204
    assert await _may_change(client)
    assert not await _may_change(elsewhere)
    assert (await client.post(f"{HERE}/mail", json={"mailed_code": code})).status_code == 401
    await _grow_old(door, email)
    assert not await _may_change(client)


async def test_a_mailed_code_is_over_after_ten_minutes(
    door: Door, client: httpx.AsyncClient, email: str
) -> None:
    await _grow_old(door, email)
    code = await _mailed_code(door, client, email)
    await _sql(
        door,
        "update identity.one_time_token set expires_at = expires_at - interval '10 minutes'"
        " where kind = 'confirm' and user_id = :u",
        u=await door.person(email),
    )
    assert (await client.post(f"{HERE}/mail", json={"mailed_code": code})).status_code == 401
    assert not await _may_change(client)


async def test_the_password_confirms_and_wrong_ones_are_counted(
    door: Door, client: httpx.AsyncClient, email: str
) -> None:
    await _set_password(client)
    assert (await client.get(HERE)).json()["ways"] == ["password", "mail"]
    await _grow_old(door, email)
    for _ in range(4):
        wrong = await client.post(f"{HERE}/password", json={"password": "not-this-one"})
        assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    assert (await client.post(f"{HERE}/password", json={"password": GOOD})).status_code == 204
    assert await _may_change(client)
    for _ in range(5):
        await client.post(f"{HERE}/password", json={"password": "not-this-one"})
    blocked = await client.post(f"{HERE}/password", json={"password": GOOD})
    assert (blocked.status_code, blocked.json()["code"]) == (429, "too_many_attempts")
    async with door.database.transaction(system_context()) as session:
        noted = await session.execute(
            text(
                "select name, count(*) from kernel.event where aggregate_id = :u and name in"
                " ('identity.sign_in_confirmed.v1', 'identity.sign_in_failed.v1') group by name"
            ),
            {"u": await door.person(email)},
        )
    assert {str(row[0]): int(row[1]) for row in noted} == {
        "identity.sign_in_confirmed.v1": 1,
        "identity.sign_in_failed.v1": 9,
    }


async def test_an_account_without_password_is_not_confirmed_by_one(
    door: Door, client: httpx.AsyncClient, email: str
) -> None:
    await _grow_old(door, email)
    answer = await client.post(f"{HERE}/password", json={"password": GOOD})
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_password")
    assert not await _may_change(client)


async def test_the_authenticator_is_asked_for_beside_password_and_mail(
    door: Door, client: httpx.AsyncClient, email: str
) -> None:
    await _set_password(client)
    totp = pyotp.TOTP((await client.post("/auth/totp")).json()["secret"])
    await client.post("/auth/totp/confirm", json={"code": totp.now()})
    forget = "update identity.totp set last_step = 0"
    await _sql(door, forget)
    await _grow_old(door, email)
    assert (await client.get(HERE)).json()["wants_code"] is True
    alone = await client.post(f"{HERE}/password", json={"password": GOOD})
    assert (alone.status_code, alone.json()["code"]) == (401, "wrong_code")
    mailed = await _mailed_code(door, client, email)
    assert (await client.post(f"{HERE}/mail", json={"mailed_code": mailed})).status_code == 401
    assert not await _may_change(client)
    both = {"mailed_code": mailed, "code": totp.now()}  # a refusal did not spend the mailed one
    assert (await client.post(f"{HERE}/mail", json=both)).status_code == 204
    assert await _may_change(client)
    await _grow_old(door, email)
    replay = {"password": GOOD, "code": both["code"]}
    assert (await client.post(f"{HERE}/password", json=replay)).status_code == 401
    await _sql(door, forget)
    again = {"password": GOOD, "code": totp.now()}
    assert (await client.post(f"{HERE}/password", json=again)).status_code == 204
    assert await _may_change(client)


async def _register(client: httpx.AsyncClient, device: Authenticator) -> None:
    begun = (await client.post("/auth/passkeys/registration-options")).json()
    credential = device.register(begun["options"])
    body = {"challenge_id": begun["challenge_id"], "name": "Key", "credential": credential}
    assert (await client.post("/auth/passkeys", json=body)).status_code == 201
    device.counter += 1


async def _by_passkey(client: httpx.AsyncClient, device: Authenticator) -> httpx.Response:
    begun = (await client.post(f"{HERE}/passkey-options")).json()
    body = {
        "challenge_id": begun["challenge_id"],
        "credential": device.sign_in(begun["options"]),
    }
    return await client.post(f"{HERE}/passkey", json=body)


async def test_a_passkey_of_ones_own_confirms(
    door: Door, client: httpx.AsyncClient, email: str
) -> None:
    mine = Authenticator(origin=door.settings.public_url)
    await _register(client, mine)
    stranger = await door.signed_in(new_email())
    theirs = Authenticator(origin=door.settings.public_url)
    await _register(stranger, theirs)
    await _grow_old(door, email)
    assert (await client.get(HERE)).json()["ways"] == ["passkey", "mail"]
    options = (await client.post(f"{HERE}/passkey-options")).json()["options"]
    assert len(options["allowCredentials"]) == 1
    refused = await _by_passkey(client, theirs)
    assert (refused.status_code, refused.json()["code"]) == (401, "passkey_refused")
    # Nor does an answer to somebody else's challenge, or to one of a sign-in.
    for path in ("/auth/confirmation/passkey-options", "/auth/passkeys/sign-in-options"):
        begun = (await stranger.post(path)).json()
        body = {
            "challenge_id": begun["challenge_id"],
            "credential": mine.sign_in(begun["options"]),
        }
        assert (await client.post(f"{HERE}/passkey", json=body)).status_code == 401
    assert not await _may_change(client)
    assert (await _by_passkey(client, mine)).status_code == 204
    assert await _may_change(client)
