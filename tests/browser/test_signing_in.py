"""A new person's ways in: a mailed link, a password, a passkey."""

from playwright.async_api import expect

from tests.browser.conftest import Visitors

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
