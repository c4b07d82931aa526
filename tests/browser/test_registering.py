"""An account of one's own: registered, its address confirmed, its password forgotten and set."""

from playwright.async_api import expect

from tests.browser.conftest import Visitors
from tests.browser.people import Person

EMAIL = "rita.registers@example.com"
PASSWORD = "nine quiet lanterns at dusk"
ANOTHER = "four amber kettles by the sea"


async def _follow(person: Person, subject: str, path: str, *, email: str = EMAIL) -> None:
    """Open the newest mail of that subject in the local mailbox, and its link."""
    page = person.page
    await page.goto(f"/mailbox?to={email}")
    mail = page.get_by_role("button", name=subject).first
    await person.again("Look again", mail)
    await mail.click()
    await page.get_by_role("link", name=f"{path}#token=").click()


async def _sign_in(person: Person, password: str) -> None:
    await person.page.goto("/sign-in")
    await person.fill(**{"E-mail": EMAIL})
    await person.press("Use a password instead")
    await person.fill(Password=password)
    await person.page.get_by_role("button", name="Sign in", exact=True).click()


async def test_an_account_is_made_confirmed_and_its_password_set_anew(visitors: Visitors) -> None:
    rita = await visitors.arrive()
    page = rita.page
    await page.goto("/register")
    await expect(page.get_by_role("heading", name="Create an account")).to_be_visible()
    await rita.look("register")
    await rita.press("Create account")
    await rita.sees("Enter your name", "Enter your e-mail address")
    await rita.look("register-refused")
    await page.get_by_label("Your name").fill("Rita")
    await page.get_by_label("E-mail").fill(EMAIL)
    await page.get_by_label("Organisation").fill("Lanterns and Co")
    await page.get_by_label("Password").fill(PASSWORD)
    await rita.press("Create account")
    await rita.sees("Check your mail", EMAIL)

    await _follow(rita, "Confirm your e-mail address", "/verify-email")
    await rita.is_in()
    await expect(page.get_by_role("button", name="Organisation: Lanterns and Co")).to_be_visible()
    await rita.sign_out()

    await page.goto("/forgot-password")
    await rita.look("forgot-password")
    await rita.fill(**{"E-mail": EMAIL})
    await rita.press("E-mail me a link")
    await rita.sees("Check your mail", EMAIL)
    await _follow(rita, "Set a new password", "/reset-password")
    await expect(page.get_by_role("heading", name="New password")).to_be_visible()
    await rita.look("reset-password")
    await rita.fill(New_password=ANOTHER)
    await rita.press("Set password")
    await rita.sees("Password set", "Sign in with it now.")
    rita.may_read_refusal(401)
    await _sign_in(rita, PASSWORD)
    await expect(page.get_by_role("alert")).to_be_visible()
    await _sign_in(rita, ANOTHER)
    await rita.is_in()


async def test_a_confirmation_opened_elsewhere_leads_to_signing_in(visitors: Visitors) -> None:
    email = "ravi.registers@example.com"
    at_work, at_home = await visitors.arrive(), await visitors.arrive()
    await at_work.page.goto("/register")
    await at_work.page.get_by_label("Your name").fill("Ravi")
    await at_work.page.get_by_label("E-mail").fill(email)
    await at_work.page.get_by_label("Password").fill(PASSWORD)
    await at_work.press("Create account")
    await at_work.sees("Check your mail", email)
    await _follow(at_home, "Confirm your e-mail address", "/verify-email", email=email)
    await at_home.sees("Your e-mail address is confirmed.", "it is not kept")
    await expect(at_home.page.get_by_label("E-mail")).to_have_value(email)
    await at_home.look("verify-email-elsewhere")
    await at_home.press("E-mail me a sign-in link")
    # The answer binds the link to this browser: who leaves before it comes has none.
    await at_home.sees("Check your mail")
    await _follow(at_home, "Your sign-in link", "/sign-in/link", email=email)
    await at_home.is_in()


async def test_a_link_that_lost_its_end_says_so(visitors: Visitors) -> None:
    rita = await visitors.arrive()
    await rita.page.goto("/reset-password")
    await rita.sees("The link is incomplete: its last part is missing.", "Ask for a new link")
    await rita.page.goto("/verify-email")
    await expect(rita.page.get_by_role("heading", name="This link does not work")).to_be_visible()
    await rita.look("verify-email-incomplete")
