"""A new person's ways in: a mailed link, a password, a passkey."""

from datetime import UTC, datetime

import pyotp
from playwright.async_api import expect

from tests.browser.conftest import Visitors
from tests.browser.people import Person

EMAIL = "nora.newcomer@example.com"
PASSWORD = "seven small herons at dawn"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def test_a_new_person_signs_in_by_link_password_and_passkey(visitors: Visitors) -> None:
    nora = await visitors.arrive()
    page = nora.page
    await page.goto("/sign-in")
    await nora.sees("E-mail me a sign-in link")
    await nora.look("sign-in")
    await nora.fill(**{"E-mail": EMAIL})
    await nora.press("E-mail me a sign-in link")
    await nora.sees("Check your mail", EMAIL)
    await nora.look("check-your-mail")
    await nora.press("Open the local mailbox")
    mail = page.get_by_role("button", name="Your sign-in link")
    await nora.again("Look again", mail)
    await mail.click()
    await nora.look("mailbox")
    await page.get_by_role("link", name="/sign-in/link#token=").click()
    await nora.is_in()
    await nora.sees("You belong to no organisation yet")
    await nora.look("no-organisation")

    await page.goto("/settings/security")
    await nora.fill(New_password=PASSWORD)
    await nora.press("Set a password")
    await nora.sees("Password saved")
    await nora.sign_out()
    await nora.fill(**{"E-mail": EMAIL})
    await nora.press("Use a password instead")
    await nora.fill(Password=PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await nora.is_in()

    device = await page.context.new_cdp_session(page)
    await device.send("WebAuthn.enable")
    await device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    await page.goto("/settings/security")
    await nora.press("Add a passkey")
    await nora.fill(Name_of_this_device="Nora's laptop")
    await nora.press("Go on")
    await nora.sees("Passkey added", "Nora's laptop")
    await nora.look("security")
    await nora.sign_out()
    await nora.press("Use a passkey")
    await nora.is_in()
    await expect(page).to_have_url(f"{visitors.suite.base_url}/")

    # What is removed stays removed, although the device still offers it.
    await page.goto("/settings/security")
    await nora.press("Remove Nora's laptop")
    await nora.sees("Passkey removed", "No passkey yet")
    await page.goto("/settings/profile")
    await nora.is_in()
    await nora.sign_out()
    nora.may_read_refusal(401)
    await nora.press("Use a passkey")
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_a_second_factor_is_set_up_by_qr_code_and_asked_for(visitors: Visitors) -> None:
    email = "tom.twofactor@example.com"
    tom = await visitors.arrive()
    page = tom.page
    await tom.sign_in_by_mail(email)
    await page.goto("/settings/security")
    await tom.press("Set up")
    code = page.get_by_role("img", name="QR code of the secret")
    await expect(code).to_be_visible()
    await tom.look("totp-set-up")
    address = await page.get_by_role("link", name="Open in an authenticator").get_attribute("href")
    authenticator = pyotp.parse_uri(str(address))
    assert isinstance(authenticator, pyotp.TOTP)
    await tom.fill(Code_shown_by_the_authenticator=authenticator.now())
    await tom.press("Confirm")
    await tom.sees("Recovery codes")
    codes = await page.get_by_role("dialog").get_by_role("listitem").all_inner_texts()
    assert len(codes) == 10
    await page.get_by_role("checkbox", name="I have put them in a safe place").check()
    await tom.press("Done")
    await tom.sign_out()

    # The code just used is spent, so a recovery code opens the door this time.
    await _to_the_second_step(tom, email)
    await tom.look("second-step")
    await tom.fill(Code=codes[0])
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await tom.is_in()
    await tom.sign_out()

    # A recovery code works once; the authenticator's next code does as well.
    await _to_the_second_step(tom, email)
    tom.may_read_refusal(401)
    await tom.fill(Code=codes[0])
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await tom.fill(Code=authenticator.at(datetime.now(UTC), counter_offset=1))
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await tom.is_in()


async def _to_the_second_step(person: Person, email: str) -> None:
    """Ask for a link, follow the newest one, and stand before the question for a code."""
    page = person.page
    before = await person.links_to(email)
    await page.goto("/sign-in")
    await person.fill(**{"E-mail": email})
    await person.press("E-mail me a sign-in link")
    await person.press("Open the local mailbox")
    links = page.get_by_role("button", name="Your sign-in link")
    await person.again("Look again", links.nth(before))
    await links.first.click()
    await page.get_by_role("link", name="/sign-in/link#token=").click()
    await person.sees("Second step")
