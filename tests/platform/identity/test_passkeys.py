"""Passkeys, with an authenticator of our own: ceremonies, verification, counters."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from metatron.kernel.context import system_context
from tests.support.authenticator import Authenticator, b64
from tests.support.people import Door, new_email, use_token


async def _register(
    client: httpx.AsyncClient, device: Authenticator, **bent: Any
) -> httpx.Response:
    begun = (await client.post("/auth/passkeys/registration-options")).json()
    credential = device.register({**begun["options"], **bent})
    body = {"challenge_id": begun["challenge_id"], "name": "My phone", "credential": credential}
    return await client.post("/auth/passkeys", json=body)


async def _sign_in(client: httpx.AsyncClient, device: Authenticator, **bent: Any) -> httpx.Response:
    begun = (await client.post("/auth/passkeys/sign-in-options")).json()
    credential = device.sign_in({**begun["options"], **bent})
    body = {"challenge_id": begun["challenge_id"], "credential": credential}
    return await client.post("/auth/passkeys/sign-in", json=body)


@pytest.fixture
def device(door: Door) -> Authenticator:
    return Authenticator(origin=door.settings.public_url)


async def test_a_passkey_is_registered_and_signs_in(door: Door, device: Authenticator) -> None:
    email = new_email()
    client = await door.signed_in(email)
    begun = (await client.post("/auth/passkeys/registration-options")).json()
    chosen = begun["options"]["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    made = await _register(client, device)
    assert made.status_code == 201, made.text
    assert made.json()["name"] == "My phone"
    browser = door.browser()
    options = (await browser.post("/auth/passkeys/sign-in-options")).json()["options"]
    assert options["userVerification"] == "required"
    assert options.get("allowCredentials", []) == []
    device.counter += 1
    answer = await _sign_in(browser, device)
    assert answer.status_code == 200, answer.text
    use_token(browser, answer.json())
    assert (await browser.get("/auth/me")).json()["user"]["email"] == email
    assert "metatron_refresh" in browser.cookies
    listed = (await browser.get("/auth/passkeys")).json()["items"]
    assert listed[0]["last_used_at"] is not None


async def test_a_challenge_is_used_once(door: Door, device: Authenticator) -> None:
    client = await door.signed_in(new_email())
    await _register(client, device)
    browser = door.browser()
    begun = (await browser.post("/auth/passkeys/sign-in-options")).json()
    device.counter += 1
    body = {
        "challenge_id": begun["challenge_id"],
        "credential": device.sign_in(begun["options"]),
    }
    assert (await browser.post("/auth/passkeys/sign-in", json=body)).status_code == 200
    replay = await browser.post("/auth/passkeys/sign-in", json=body)
    assert (replay.status_code, replay.json()["code"]) == (401, "passkey_refused")


async def test_a_challenge_is_over_after_five_minutes(door: Door, device: Authenticator) -> None:
    client = await door.signed_in(new_email())
    await _register(client, device)
    browser = door.browser()
    begun = (await browser.post("/auth/passkeys/sign-in-options")).json()
    async with door.database.transaction(system_context()) as session:
        await session.execute(
            text(
                "update identity.passkey_challenge set expires_at = now() - interval '1 second'"
                " where id = cast(:id as uuid)"
            ),
            {"id": begun["challenge_id"]},
        )
    device.counter += 1
    body = {"challenge_id": begun["challenge_id"], "credential": device.sign_in(begun["options"])}
    assert (await browser.post("/auth/passkeys/sign-in", json=body)).status_code == 401


async def test_a_counter_that_does_not_grow_is_a_copy(door: Door, device: Authenticator) -> None:
    email = new_email()
    client = await door.signed_in(email)
    await _register(client, device)
    device.counter = 5
    assert (await _sign_in(door.browser(), device)).status_code == 200
    assert (await _sign_in(door.browser(), device)).status_code == 401
    device.counter = 4
    assert (await _sign_in(door.browser(), device)).status_code == 401
    async with door.database.transaction(system_context()) as session:
        noted = await session.scalar(
            text(
                "select count(*) from kernel.event where aggregate_id = :u"
                " and name = 'identity.passkey_clone_suspected.v1'"
            ),
            {"u": await door.person(email)},
        )
    assert noted == 2


async def test_authenticators_without_counter_are_fine(door: Door, device: Authenticator) -> None:
    device.counter = 0
    client = await door.signed_in(new_email())
    assert (await _register(client, device)).status_code == 201
    for _ in range(2):
        assert (await _sign_in(door.browser(), device)).status_code == 200


async def test_user_verification_is_required(door: Door, device: Authenticator) -> None:
    client = await door.signed_in(new_email())
    device.verifies_user = False
    refused = await _register(client, device)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_passkey")
    device.verifies_user = True
    assert (await _register(client, device)).status_code == 201
    device.verifies_user, device.counter = False, 9
    assert (await _sign_in(door.browser(), device)).status_code == 401


async def test_other_origins_parties_challenges_and_people(
    door: Door, device: Authenticator
) -> None:
    client = await door.signed_in(new_email())
    assert (await _register(client, device, rp={"id": "evil.example"})).status_code == 422
    assert (await _register(client, device, challenge=b64(b"x" * 32))).status_code == 422
    device.origin = "https://evil.example"
    assert (await _register(client, device)).status_code == 422
    device.origin = door.settings.public_url
    assert (await _register(client, device)).status_code == 201
    device.counter = 10
    assert (await _sign_in(door.browser(), device, rpId="evil.example")).status_code == 401
    assert (await _sign_in(door.browser(), device, challenge=b64(b"x" * 32))).status_code == 401
    own, device.user_handle = device.user_handle, b"somebody-else-00"
    assert (await _sign_in(door.browser(), device)).status_code == 401
    device.user_handle = own
    device.counter = 11
    assert (await _sign_in(door.browser(), device)).status_code == 200


async def test_a_challenge_belongs_to_the_person_who_asked(
    door: Door, device: Authenticator
) -> None:
    client, thief = await door.signed_in(new_email()), await door.signed_in(new_email())
    begun = (await client.post("/auth/passkeys/registration-options")).json()
    credential = device.register(begun["options"])
    body = {"challenge_id": begun["challenge_id"], "name": "Theirs", "credential": credential}
    assert (await thief.post("/auth/passkeys", json=body)).status_code == 422


@pytest.mark.parametrize(
    "credential",
    [{}, {"id": 7}, {"id": "x", "rawId": "%%%", "type": "public-key", "response": []}, {"a": [[]]}],
)
async def test_nonsense_is_refused(door: Door, credential: dict[str, Any]) -> None:
    client = await door.signed_in(new_email())
    begun = (await client.post("/auth/passkeys/registration-options")).json()
    body = {"challenge_id": begun["challenge_id"], "name": "x", "credential": credential}
    assert (await client.post("/auth/passkeys", json=body)).status_code == 422
    browser = door.browser()
    begun = (await browser.post("/auth/passkeys/sign-in-options")).json()
    body = {"challenge_id": begun["challenge_id"], "credential": credential}
    assert (await browser.post("/auth/passkeys/sign-in", json=body)).status_code == 401


async def test_a_removed_passkey_opens_nothing(door: Door, device: Authenticator) -> None:
    client, other = await door.signed_in(new_email()), await door.signed_in(new_email())
    made = (await _register(client, device)).json()
    twice = await _register(client, device)
    assert twice.status_code == 422
    assert (await other.delete(f"/auth/passkeys/{made['id']}")).status_code == 404
    assert (await client.delete(f"/auth/passkeys/{made['id']}")).status_code == 204
    device.counter += 1
    assert (await _sign_in(door.browser(), device)).status_code == 401
    assert (await client.get("/auth/passkeys")).json() == {"items": []}
