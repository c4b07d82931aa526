"""A newcomer's straight path: from a client to a result that comes again, counted in clicks."""

import re
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.people import Person
from tests.browser.test_amc_recurring import connected
from tests.browser.test_marketing_cloud import RUN_MS

COLLECTED_MS = 120_000
_CLIENT = re.compile("US 1")
_GUIDE = re.compile("^Reach and frequency of each campaign")
# A press on a label is one press, though the browser passes it on to the box beside it.
_COUNT = """addEventListener("pointerdown", (event) => {
    const before = Number(sessionStorage.getItem("presses") ?? 0);
    if (event.isTrusted) sessionStorage.setItem("presses", before + 1);
}, true);"""
MOST_TO_ROWS, MOST_TO_SCHEDULE, MOST_TO_DASHBOARD = 7, 17, 21
"""From the home page on, a destination made on the way."""


async def _presses(page: Page) -> int:
    return int(await page.evaluate("sessionStorage.getItem('presses') ?? 0"))


async def _to_the_wizard(organiser: Person) -> None:
    page = organiser.page
    await page.goto("/amc")
    await page.evaluate("sessionStorage.clear()")
    first = page.get_by_role("link", name="Choose a client")
    await first.or_(page.get_by_role("link", name="Run a query")).click()
    await page.get_by_role("grid", name="Clients").get_by_role("row", name=_CLIENT).first.click()
    await page.get_by_role("link", name="Run a query").click()


async def _choose_a_guides_query(organiser: Person) -> None:
    """What is in no workflow's name is looked for among the guides by itself."""
    page = organiser.page
    await page.get_by_label("Find a workflow").click()
    await page.get_by_label("Find a workflow").fill("Reach and frequency of each")
    guide = page.get_by_role("button", name=_GUIDE)
    await expect(guide).to_be_visible()
    await organiser.look("amc-straight-choose")
    await guide.click()


async def _run(organiser: Person) -> None:
    page = organiser.page
    await organiser.sees("What this run reads")
    await organiser.press("Go on")
    await organiser.sees("Look over and run")
    await page.get_by_role("button", name="Run it").click()
    await expect(page.locator("main header").get_by_text("Succeeded")).to_be_visible(timeout=RUN_MS)
    await expect(page.get_by_role("gridcell").first).to_be_visible()


async def _add_a_folder(organiser: Person, name: str) -> None:
    """Where the form stands that is being filled in."""
    page = organiser.page
    await organiser.press("Add a destination")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill(name)
    await dialog.get_by_label("Kind").click()
    await page.get_by_role("option", name=re.compile("Folder")).click()
    await organiser.look("amc-straight-destination")
    await dialog.get_by_role("button", name="Add it").click()
    await dialog.get_by_role("button", name="Try it").click()
    await expect(dialog.get_by_text("It takes results.")).to_be_visible()
    await organiser.look("amc-straight-tried")
    await dialog.get_by_role("button", name="Done").click()
    await expect(page.get_by_role("checkbox", name=re.compile(name))).to_be_checked()


async def _make_recurring(organiser: Person) -> None:
    page = organiser.page
    await organiser.press("Make this recurring")
    await organiser.sees("What is repeated")
    await organiser.press("Go on")
    await organiser.sees("When, and which time it reads")
    await organiser.press("Go on")
    await _add_a_folder(organiser, "Lake of the straight path")
    await organiser.press("Repeat it")
    await organiser.sees("It has not fired yet.")
    await expect(page.get_by_text("Lake of the straight path")).to_be_visible()


def _parts(data: Path) -> set[Path]:
    return set(data.rglob("part.parquet"))


async def _collect_to_a_dashboard(organiser: Person, data: Path) -> None:
    page = organiser.page
    before = _parts(data)
    await organiser.press("Collect over time")
    lake = page.get_by_role("checkbox", name=re.compile("Lake of the straight path"))
    await lake.click()
    await expect(page.get_by_role("status").filter(has_text="12 runs")).to_be_visible()
    await organiser.look("amc-straight-collect")
    await page.get_by_role("button", name="Collect it").click()
    dashboard = page.get_by_role("button", name="Make a dashboard")
    await expect(dashboard).to_be_enabled(timeout=COLLECTED_MS)
    await expect(page.locator("main header").get_by_text("Complete")).to_be_visible(
        timeout=COLLECTED_MS
    )
    await organiser.look("amc-straight-collected")
    await dashboard.click()
    await page.wait_for_url("**/amc/boards/*")
    await expect(page.get_by_role("article").first).to_be_visible()
    await organiser.look("amc-straight-dashboard")
    assert _parts(data) - before, "what was collected is in the folder as well"


async def test_from_a_client_to_a_dashboard(visitors: Visitors) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    await connected(organiser)
    await page.add_init_script(_COUNT)
    await _to_the_wizard(organiser)
    await _choose_a_guides_query(organiser)
    await _run(organiser)
    run = page.url
    assert await _presses(page) <= MOST_TO_ROWS
    await organiser.look("amc-straight-rows")
    await _make_recurring(organiser)
    assert await _presses(page) <= MOST_TO_SCHEDULE
    await page.goto(run)
    await _collect_to_a_dashboard(organiser, visitors.suite.data)
    assert await _presses(page) <= MOST_TO_DASHBOARD
    # The local Amazon has no icon.
    organiser.wrong[:] = [each for each in organiser.wrong if "favicon.ico" not in each]
