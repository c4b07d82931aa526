"""Sign-in links: single use, bound to the asking browser, the same for the unknown."""

import asyncio

import pytest
from sqlalchemy import text

from metatron.kernel.context import system_context
from tests.support.people import Door, new_email, use_token


async def test_a_new_person_signs_in_by_link(door: Door) -> None:
    email = new_email()
    browser = door.browser()
    asked = await browser.post("/auth/send-magic-link", json={"email": email, "return_to": "/x"})
    assert (asked.status_code, asked.json()) == (202, {"status": "check_your_mail"})
    token = await door.link_token(email)
    answer = await browser.post("/auth/verify-magic-link", json={"token": token})
    assert answer.status_code == 200
    body = answer.json()
    assert body["return_to"] == "/x"
    assert body["mfa_required"] is False
    assert 890 <= body["expires_in"] <= 900
    assert "metatron_refresh" in answer.headers["set-cookie"]
    use_token(browser, body)


async def test_a_link_works_once(door: Door) -> None:
    email = new_email()
    browser = door.browser()
    await browser.post("/auth/send-magic-link", json={"email": email})
    token = await door.link_token(email)
    assert (await browser.post("/auth/verify-magic-link", json={"token": token})).is_success
    again = await browser.post("/auth/verify-magic-link", json={"token": token})
    assert (again.status_code, again.json()["code"]) == (400, "invalid_link")


async def test_another_browser_is_refused_and_the_link_stays_good(door: Door) -> None:
    email = new_email()
    browser, other = door.browser(), door.browser()
    await browser.post("/auth/send-magic-link", json={"email": email})
    await other.post("/auth/send-magic-link", json={"email": new_email()})
    token = await door.link_token(email)
    refused = await other.post("/auth/verify-magic-link", json={"token": token})
    assert (refused.status_code, refused.json()["code"]) == (403, "link_of_other_browser")
    assert (await browser.post("/auth/verify-magic-link", json={"token": token})).is_success


async def test_of_50_parallel_uses_one_wins(door: Door) -> None:
    email = new_email()
    browser = door.browser()
    await browser.post("/auth/send-magic-link", json={"email": email})
    token = await door.link_token(email)
    answers = await asyncio.gather(
        *(browser.post("/auth/verify-magic-link", json={"token": token}) for _ in range(50))
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes.count(200) == 1
    assert set(codes) <= {200, 400, 429}


async def test_a_link_is_over_after_15_minutes(door: Door) -> None:
    email = new_email()
    browser = door.browser()
    await browser.post("/auth/send-magic-link", json={"email": email})
    token = await door.link_token(email)
    async with door.database.transaction(system_context()) as session:
        await session.execute(
            text(
                "update identity.one_time_token set expires_at = expires_at - interval '15 minutes'"
                " where email = :email"
            ),
            {"email": email},
        )
    late = await browser.post("/auth/verify-magic-link", json={"token": token})
    assert (late.status_code, late.json()["code"]) == (400, "invalid_link")


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil", "javascript:x", "/a\nb", "x"]
)
async def test_return_to_stays_on_the_page(door: Door, path: str) -> None:
    browser = door.browser()
    body = {"email": new_email(), "return_to": path}
    answer = await browser.post("/auth/send-magic-link", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_the_link_names_our_address_whatever_the_host_header_says(door: Door) -> None:
    email = new_email()
    browser = door.browser()
    await browser.post(
        "/auth/send-magic-link", json={"email": email}, headers={"host": "evil.example"}
    )
    mail = (await door.mails(email))[-1]["text"]
    assert f"{door.settings.public_url}/sign-in/link#token=" in mail
    assert "evil" not in mail


async def test_wrong_links_are_counted_by_address(door: Door) -> None:
    browser = door.browser()
    answers = [
        await browser.post("/auth/verify-magic-link", json={"token": f"wrong-{n}"})
        for n in range(6)
    ]
    assert [answer.status_code for answer in answers] == [400] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 600


async def test_an_idempotency_key_keeps_no_credential(door: Door) -> None:
    email = new_email()
    browser = door.browser()
    await browser.post("/auth/send-magic-link", json={"email": email})
    token = await door.link_token(email)
    head = {"idempotency-key": "same"}
    first = await browser.post("/auth/verify-magic-link", json={"token": token}, headers=head)
    second = await browser.post("/auth/verify-magic-link", json={"token": token}, headers=head)
    assert (first.status_code, second.status_code) == (200, 400)


async def test_a_suspended_person_gets_in_by_no_link(door: Door) -> None:
    email = new_email()
    await door.person(email)
    browser = door.browser()
    await browser.post("/auth/send-magic-link", json={"email": email})
    by_mail = await door.link_token(email)
    await browser.post("/auth/forgot-password", json={"email": email})
    reset = await door.link_token(email)
    async with door.database.transaction(system_context()) as session:
        await session.execute(
            text("update identity.user_account set state = 'suspended' where email = :e"),
            {"e": email},
        )
    signed = await browser.post("/auth/verify-magic-link", json={"token": by_mail})
    body = {"token": reset, "new_password": "plum-tractor-nine-lakes"}
    refused = await browser.post("/auth/reset-password", json=body)
    for answer in (signed, refused):
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_link")
