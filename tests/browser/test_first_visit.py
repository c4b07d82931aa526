"""The printed link, the organisation switcher, themes, and the page by keyboard."""

import re

from playwright.async_api import expect

from tests.browser.conftest import Visitors


async def test_the_printed_link_opens_a_page_that_works_by_keyboard(visitors: Visitors) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    await page.goto("/")
    await expect(page).to_have_url(f"{visitors.suite.base_url}/campaigns")
    await organiser.sees("Campaigns", "Enamel mugs, together", "nothing leaves this machine")
    await organiser.look("campaigns-of-the-demo")

    await organiser.press("Organisation: Demo Collective")
    await page.get_by_role("menuitem", name="New organisation").click()
    await organiser.fill(Name="Second Collective")
    await page.get_by_role("checkbox", name="A sandbox, to try things").click()
    await organiser.look("new-organisation")
    await organiser.press("Create organisation")
    await organiser.press("Organisation: Second Collective Sandbox")
    await page.get_by_role("menuitem", name="Test clock").click()
    await organiser.press("Move on 1 day")
    await organiser.sees("The clock of this sandbox runs 1 day ahead.")
    await organiser.press("Organisation: Second Collective Sandbox")
    await page.get_by_role("menuitem", name="Demo Collective").click()
    await organiser.sees("You are now in Demo Collective")

    # What a record page asks for under the organisation one goes to is a 404 in the console.
    await page.get_by_text("Enamel mugs, together").first.click()
    await expect(page).to_have_url(re.compile("/campaigns/[0-9a-f-]{36}"))
    await expect(page.get_by_role("heading", name="Enamel mugs, together")).to_be_visible()
    for elsewhere in ("Second Collective", "Demo Collective"):
        await page.get_by_role("button", name="Organisation:").click()
        await page.get_by_role("menuitem", name=elsewhere).click()
        await organiser.sees(f"You are now in {elsewhere}")

    await organiser.press("Account and theme")
    await page.get_by_role("menuitem", name="Dark").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.reload()
    await organiser.is_in()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    await page.keyboard.press("Control+k")
    await expect(page.get_by_placeholder("What would you like to do?")).to_be_focused()
    await page.keyboard.type("theme as the")
    await page.keyboard.press("Enter")
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    await page.keyboard.press("Control+k")
    await organiser.look("palette")
    await page.keyboard.type("new campaign")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{visitors.suite.base_url}/campaigns/new")
    await expect(page.get_by_label("Title")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await expect(page).to_have_url(f"{visitors.suite.base_url}/campaigns")

    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await organiser.look("keys")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
