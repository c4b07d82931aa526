"""A session too old to change how one signs in is confirmed, and what was refused goes on."""

import re

import asyncpg
from playwright.async_api import Page, expect

from metatron.kernel.process.embedded_postgres import SUPERUSER, EmbeddedPostgres
from tests.browser.conftest import Visitors
from tests.browser.people import Person, Suite

EMAIL = "cora.confirms@example.com"
DEVICE = "Cora's laptop"


async def _grow_old(suite: Suite) -> None:
    """As if the session had begun, and been confirmed, sixteen minutes earlier."""
    connection = await asyncpg.connect(EmbeddedPostgres(suite.data).dsn(SUPERUSER))
    await connection.execute(
        "update identity.session set created_at = created_at - interval '16 minutes',"
        " confirmed_at = confirmed_at - interval '16 minutes' where user_id ="
        " (select id from identity.user_account where email_key = $1)",
        EMAIL,
    )
    await connection.close()


async def _with_authenticator(page: Page) -> None:
    """Give the browser a device that keeps passkeys and always knows its person."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def _mailed_code(person: Person) -> str:
    answer = await person.page.request.get("/api/v1/mailbox", params={"to": EMAIL})
    found = [
        re.fullmatch(r"Your code: (\d{6})", mail["subject"])
        for mail in (await answer.json())["items"]
    ]
    codes = [match[1] for match in found if match]
    return codes[0] if codes else ""


async def test_an_old_session_is_confirmed_by_mail_and_then_by_passkey(
    visitors: Visitors, suite: Suite
) -> None:
    cora = await visitors.arrive()
    page = cora.page
    await cora.sign_in_by_mail(EMAIL)
    await _with_authenticator(page)
    await page.goto("/settings/security")
    await _grow_old(suite)
    cora.may_read_refusal(403)

    await cora.press("Add a passkey")
    await cora.fill(Name_of_this_device=DEVICE)
    await cora.press("Go on")
    dialog = page.get_by_role("dialog", name="Confirm that it is you")
    await cora.look("confirm-by-mail")
    await dialog.get_by_role("button", name="E-mail me a code").click()
    field = dialog.get_by_label("Code in the mail")
    await expect(field).to_be_focused()
    code = ""
    while not code:
        await visitors.pause(200)
        code = await _mailed_code(cora)
    cora.may_read_refusal(401)
    await field.fill(f"{(int(code) + 1) % 1_000_000:06}")
    await dialog.get_by_role("button", name="Confirm", exact=True).click()
    await expect(dialog.get_by_role("alert")).to_contain_text("wrong or too old")
    await cora.look("confirm-by-mail-wrong")
    await field.fill(code)
    await page.keyboard.press("Enter")
    # The name that was typed before is the passkey's.
    await cora.sees("Passkey added", DEVICE)
    await expect(page.get_by_role("dialog", name="Add a passkey")).to_have_count(0)
    await expect(dialog).to_have_count(0)

    await _grow_old(suite)
    await cora.press("Set up")
    await cora.look("confirm-by-passkey")
    await page.keyboard.press("Escape")
    await cora.sees("The authenticator was not set up")
    await cora.press("Set up")
    await dialog.get_by_role("button", name="Use a passkey", exact=True).click()
    await expect(page.get_by_role("dialog", name="Set up an authenticator")).to_be_visible()
    await expect(dialog).to_have_count(0)
