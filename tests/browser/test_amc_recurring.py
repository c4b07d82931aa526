"""What is repeated, watched and mapped: schedules, alerts and a client's brands."""

import asyncio
import re
from pathlib import Path

from first_campaign import Staff
from playwright.async_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.people import Person
from tests.browser.test_marketing_cloud import RUN_MS

SQL = "SELECT campaign, COUNT(DISTINCT user_id) AS reach FROM dsp_impressions GROUP BY campaign"
_ONE = re.compile("US 1")


async def connected(organiser: Person) -> None:
    """Wait for the connection that the demo makes by itself, some time after the suite is ready.

    One of our own beside it would list every client twice.
    """
    page = organiser.page
    rows = page.get_by_role("grid", name="Clients").get_by_role("row")
    empty = page.get_by_role("heading", name="No client yet")
    async with asyncio.timeout(240):
        while True:
            await page.goto("/amc/clients")
            await expect(rows.nth(1).or_(empty)).to_be_visible()
            if await empty.count() == 0:
                return
            await page.wait_for_timeout(1_000)


async def _workflow(staff: Staff, name: str) -> str:
    body = {"name": name, "sql": SQL, "shared": True}
    made = await staff.organiser.post("/amc/workflows", body)
    return str(made["id"])


async def _client(page: Page) -> None:
    await page.goto("/amc/clients")
    await page.get_by_role("grid", name="Clients").get_by_role("row", name=_ONE).first.click()
    await expect(page.get_by_role("heading", level=1, name=_ONE)).to_be_visible()


async def run_for_client(organiser: Person, workflow: str) -> None:
    """Run a workflow with what the wizard offers: the last period that has data."""
    page = organiser.page
    await _client(page)
    await page.goto(f"{page.url.split('?')[0]}/run?workflow={workflow}&step=1")
    await organiser.sees("The made-up data of the local AMC: 1 Aug 2026 to 31 Oct 2026.")
    await organiser.press("Go on")
    await page.get_by_role("button", name="Run it").click()
    await expect(page.locator("main header").get_by_text("Succeeded")).to_be_visible(timeout=RUN_MS)
    await expect(page.get_by_role("gridcell").first).to_be_visible()


async def test_a_run_is_repeated_changed_and_watched(visitors: Visitors, staff: Staff) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    await connected(organiser)
    workflow = await _workflow(staff, "Reach - 2026-10-01 - 2026-10-31")
    await run_for_client(organiser, workflow)

    await organiser.press("Make this recurring")
    await organiser.sees("What is repeated")
    await organiser.press("Go on")
    await organiser.sees("When, and which time it reads")
    await expect(
        page.get_by_role("region", name="What comes next").get_by_role("listitem")
    ).to_have_count(10)
    await organiser.look("amc-schedule-rhythm")
    await organiser.press("Go on")
    name = page.get_by_label("Name", exact=True)
    await expect(name).not_to_have_value(re.compile("2026"))
    await name.fill("Reach each month")
    await page.reload()
    await expect(name).to_have_value("Reach each month")
    await organiser.look("amc-schedule-review")
    await organiser.press("Repeat it")
    await expect(page.get_by_role("heading", level=1, name="Reach each month")).to_be_visible()
    await organiser.sees("It has not fired yet.")
    await organiser.look("amc-schedule")

    await organiser.press("Change")
    await organiser.press("Go on")
    await page.get_by_label("At", exact=True).fill("07:30")
    await page.reload()
    await expect(page.get_by_label("At", exact=True)).to_have_value("07:30")
    await organiser.press("Go on")
    await organiser.press("Save")
    await organiser.sees("at 07:30")
    await page.get_by_role("button", name="Hold").click()
    await expect(page.locator("main header").get_by_text("Paused")).to_be_visible()
    await page.get_by_role("button", name="Go on").click()
    await expect(page.locator("main header").get_by_text("Active")).to_be_visible()

    await page.get_by_role("tab", name="Alerts").click()
    await organiser.press("Make an alert")
    dialog = page.get_by_role("dialog", name="Alert me on results")
    await dialog.get_by_label("Figure").click()
    await page.get_by_role("option", name="reach").click()
    await dialog.get_by_label("Comparison").click()
    await page.get_by_role("option", name="is above").click()
    await dialog.get_by_label("Limit").fill("100")
    await organiser.look("amc-alert-dialog")
    await dialog.get_by_role("button", name="Make the alert").click()
    await organiser.sees("Sum of reach is above 100")
    await page.goto("/amc/runs/alerts")
    await page.get_by_role("button", name="Try it").first.click()
    await organiser.sees("is on its way")
    await organiser.look("amc-alerts")
    await page.goto("/amc/runs/schedules")
    await organiser.sees("Reach each month")
    await organiser.look("amc-schedules")


async def test_products_are_imported_and_mapped(visitors: Visitors, tmp_path: Path) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    await connected(organiser)
    lines = [f"B0NG{number:06d}\tProduct {number}\tAldermoor" for number in range(30)]
    bad = [f"B0{number}\tToo short\tAldermoor" for number in range(7)]
    path = tmp_path / "products.tsv"
    path.write_text("\n".join(["asin\ttitle\tbrand", *lines, *bad]))
    await page.goto("/amc/clients/products")
    await page.get_by_role("button", name="Import products").first.click()
    await page.get_by_label("File").set_input_files(path)
    await page.get_by_role("button", name="Import it").click()
    await organiser.sees("7 lines not taken")
    await organiser.look("amc-imports")
    await page.goto("/amc/clients/products?brand=Aldermoor")
    await expect(
        page.get_by_role("grid", name="Products").get_by_role("row").nth(5)
    ).to_be_visible()
    await organiser.look("amc-products")

    await _client(page)
    await page.get_by_role("tab", name="Mapping").click()
    await page.get_by_label("Brand to add").fill("Aldermoor")
    await organiser.sees("The catalogue knows it:")
    await organiser.press("Add the brand")
    card = page.get_by_role("button", name=re.compile("^Aldermoor"))
    await expect(card).to_contain_text("30 products")
    await page.get_by_role("button", name="Save the mapping").click()
    await expect(page.get_by_role("button", name="Save the mapping")).to_be_disabled()
    await card.click()
    await organiser.look("amc-mapping")

    other = (await visitors.organiser()).page
    await other.goto(page.url)
    await other.get_by_role("button", name="Take Aldermoor away").click()
    await page.get_by_label("Name of the brand").fill("Aldermoor & sons")
    await other.get_by_role("button", name="Save the mapping").click()
    await expect(other.get_by_role("button", name="Save the mapping")).to_be_disabled()
    await organiser.sees("Somebody saved this mapping meanwhile")
    await organiser.look("amc-mapping-conflict")
    await organiser.press("Keep mine, to save over it")
    await page.get_by_role("button", name="Save the mapping").click()
    await expect(page.get_by_role("button", name="Save the mapping")).to_be_disabled()
    await page.reload()
    await organiser.sees("Aldermoor & sons")
