"""Webhooks: none yet, one added with its events, its secret, a test that goes astray, the log."""

import re

from playwright.async_api import expect

from tests.browser.conftest import Visitors

URL = "https://hooks.receiver.invalid/in"
"""A name that is nobody's, ever (RFC 6761): what is sent there goes astray at once."""


async def test_a_webhook_from_the_first_to_its_log(visitors: Visitors) -> None:
    owner = await visitors.organiser()
    page = owner.page
    await page.goto("/settings/webhooks")
    await owner.sees("No webhook yet")
    await owner.look("webhooks-empty")
    await owner.press("New webhook")
    dialog = page.get_by_role("dialog", name="New webhook")
    await dialog.get_by_label("Address").fill(URL)
    await dialog.get_by_label("Description").fill("The books of the office")
    await dialog.get_by_label("Find an event").fill("took a step")
    await dialog.get_by_role("checkbox", name="A campaign took a step").check()
    await expect(dialog.get_by_text("1 chosen")).to_be_visible()
    await owner.look("webhook-new")
    await owner.press("Add webhook")
    shown = page.get_by_role("dialog", name="The secret, this once")
    await expect(shown.get_by_text(re.compile("^whsec_"))).to_be_visible()
    await owner.look("webhook-secret")
    await owner.press("I have copied it")
    await expect(page.get_by_text(re.compile("whsec_"))).to_have_count(0)
    await owner.look("webhooks")

    await page.get_by_role("link", name=URL).click()
    await owner.sees("Nothing was sent yet. Send a test, or wait for the next event.")
    await owner.press("Send a test")
    await expect(page.get_by_text("failed", exact=True)).to_be_visible()
    await page.get_by_role("button", name="webhooks.test").click()
    await owner.sees("The host's name cannot be found.")
    await owner.look("webhook")
    await owner.press("Switch off")
    await expect(page.get_by_text("off", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Send a test")).to_have_count(0)
