"""A person in front of the page: signs in, looks at what is there, keeps the pictures."""

import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import ConsoleMessage, Locator, Page, expect
from playwright.async_api import TimeoutError as PressedTooLate

from tests.browser.looks import look

ORGANISER = "organiser@demo.example.com"
REVIEWER = "reviewer@demo.example.com"
FINANCE = "finance@demo.example.com"
SUPPLIER = "supplier@demo.example.com"
PATIENCE_SECONDS = 60.0
GLANCE_MS = 500


@dataclass(frozen=True, slots=True)
class Suite:
    """Where it runs, the printed link's token, its database's address, its data folder."""

    base_url: str
    link_token: str
    database_url: str
    data: Path


@dataclass
class Person:
    """One browser profile with one page open."""

    page: Page
    wrong: list[str] = field(default_factory=list)
    """What was found on the way: errors in the console, faults of looks."""

    refusals: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Listen to the console from the first page on."""
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.wrong.append(f"{self.page.url}: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        expected = any(f"status of {status}" in message.text for status in self.refusals)
        if message.type == "error" and not expected:
            self.wrong.append(f"{self.page.url}: {message.text} {message.location.get('url')}")

    def may_read_refusal(self, status: int) -> None:
        """Let the server refuse what this person asks from now on; Chromium logs each refusal."""
        self.refusals.add(status)

    async def look(self, name: str) -> None:
        """Keep pictures of what is there as `name`, and note what is wrong with it."""
        self.wrong += await look(self.page, name)

    async def sees(self, *texts: str) -> None:
        """Wait until each of the texts can be read."""
        for text in texts:
            await expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    async def press(self, name: str, *, milliseconds: float | None = None) -> None:
        """Press the button or follow the link of that name."""
        page = self.page
        found = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
        await found.click(timeout=milliseconds)

    async def fill(self, **fields: str) -> None:
        """Fill fields by their labels; an underscore stands for a space."""
        for label, value in fields.items():
            await self.page.get_by_label(label.replace("_", " "), exact=True).fill(value)

    async def again(self, name: str, wanted: Locator) -> None:
        """Press a button, or F5 for "reload", until `wanted` is there."""
        await self.page.wait_for_load_state()
        ends = time.monotonic() + PATIENCE_SECONDS
        while not await _visible(wanted):
            assert time.monotonic() < ends, f"never seen: {wanted}"
            if name == "reload":
                await self.page.reload()
            else:
                # The page may have heard the news by itself and taken the button away.
                with contextlib.suppress(PressedTooLate):
                    await self.press(name, milliseconds=2_000)

    async def sign_in_by_mail(self, email: str) -> None:
        """Ask for a link on the sign-in page, find it in the local mailbox, follow it."""
        before = await self.links_to(email)
        await self.page.goto("/sign-in")
        await self.fill(**{"E-mail": email})
        await self.press("E-mail me a sign-in link")
        await self.press("Open the local mailbox")
        links = self.page.get_by_role("button", name="Your sign-in link")
        await self.again("Look again", links.nth(before))
        await links.first.click()
        await self.page.get_by_role("link", name="/sign-in/link#token=").click()
        await self.is_in()

    async def links_to(self, email: str) -> int:
        """Return how many sign-in links were mailed to an address."""
        answer = await self.page.request.get("/api/v1/mailbox", params={"to": email})
        mails = (await answer.json())["items"]
        return sum(mail["subject"] == "Your sign-in link" for mail in mails)

    async def is_in(self) -> None:
        """Wait until the signed-in page is drawn."""
        await expect(self.page.get_by_role("button", name="Account and theme")).to_be_visible()

    async def sign_out(self) -> None:
        """Leave by the account menu."""
        await self.press("Account and theme")
        await self.page.get_by_role("menuitem", name="Sign out").click()
        await expect(self.page.get_by_role("heading", name="Sign in")).to_be_visible()


async def _visible(wanted: Locator) -> bool:
    try:
        await expect(wanted).to_be_visible(timeout=GLANCE_MS)
    except AssertionError:
        return False
    return True
