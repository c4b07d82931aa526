"""The workbench of AMC, from signing in with Amazon's stand-in to a file of rows."""

import re
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.people import Person

RUN_MS = 60_000


async def _write(page: Page, text: str) -> None:
    """Put `text` in the editor in place of what stands there."""
    await page.locator("[data-editor] .monaco-editor").click()
    await page.keyboard.press("Control+A")
    await page.keyboard.press("Delete")
    await page.keyboard.insert_text(text)


async def _columns_by_keyboard(organiser: Person) -> None:
    """One is made wider and the other put first; both as they were afterwards."""
    page = organiser.page
    grid = page.get_by_role("grid", name="Rows of the result")
    edge = grid.get_by_role("separator", name="Width of campaign")
    width = await edge.get_attribute("aria-valuenow")
    assert width is not None
    await edge.press("ArrowRight")
    await expect(edge).to_have_attribute("aria-valuenow", str(int(width) + 13))
    await edge.press("Enter")
    await expect(edge).to_have_attribute("aria-valuenow", width)
    await page.get_by_role("button", name="Columns", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Move campaign to the back").press("Enter")
    await expect(dialog.get_by_role("button", name="Move campaign to the front")).to_be_focused()
    await organiser.look("amc-columns")
    await dialog.get_by_role("button", name="Done").click()
    await expect(grid.get_by_role("columnheader").first).to_contain_text("n")
    await page.get_by_role("button", name="All columns").click()
    await expect(grid.get_by_role("columnheader").first).to_contain_text("campaign")


async def _forgive_measuring(person: Person) -> None:
    """The editor measures itself, which the held clock refuses."""
    await person.page.goto("/amc")
    person.wrong[:] = [each for each in person.wrong if "reading 'duration'" not in each]


async def _connect(organiser: Person, name: str) -> None:
    page = organiser.page
    await page.goto("/amc/connections")
    await organiser.press("Connect an Amazon account")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill(name)
    await dialog.get_by_role("button", name="Sign in with Amazon").click()
    await expect(page.get_by_role("heading", name="Local stand-in")).to_be_visible(timeout=30_000)
    await page.get_by_role("button").first.click()
    await page.wait_for_url("**/amc/clients")
    await expect(page.get_by_role("grid", name="Clients").get_by_role("row").nth(1)).to_be_visible(
        timeout=30_000
    )
    await organiser.look("amc-clients")


async def _new_workflow(organiser: Person, name: str) -> None:
    page = organiser.page
    await page.goto("/amc/library")
    await page.get_by_role("button", name="New workflow").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill(name)
    await dialog.get_by_role("button", name="Write it").click()
    await expect(page.locator("[data-editor] .view-line").first).to_be_visible()


async def test_a_query_is_written_checked_run_and_exported(
    visitors: Visitors, tmp_path: Path
) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    await _connect(organiser, "Agency")

    await _new_workflow(organiser, "Reach by campaign")
    await _write(page, "SELECT campaign, COUNT(*) AS n\nFROM dsp_impresions\nGROUP BY campaign")
    findings = page.get_by_role("region", name="Findings")
    await expect(findings.get_by_text("dsp_impresions").first).to_be_visible()
    await expect(page.locator(".squiggly-error").first).to_be_visible()
    await findings.get_by_role("button", name=re.compile("dsp_impressions")).last.click()
    await expect(findings.get_by_text("AMC would take this query.")).to_be_visible()
    await page.get_by_role("tab", name="Forecast").click()
    await organiser.sees("2 users")
    await organiser.look("amc-editor")
    await organiser.press("Save a new version")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("What changed").fill("Counts")
    await dialog.get_by_role("button", name="Save").click()
    await organiser.sees("Version 2")

    await page.get_by_role("button", name="Run it").click()
    await page.get_by_role("dialog").get_by_role("button", name=re.compile("US 1")).first.click()
    await organiser.sees("What this run reads")
    await page.get_by_role("combobox", name="Kind of window").click()
    await page.get_by_role("option", name="The last days").click()
    await page.get_by_role("button", name="60 days").click()
    await organiser.look("amc-window")
    await page.reload()
    await expect(page.get_by_role("button", name="60 days")).to_have_attribute(
        "aria-pressed", "true"
    )
    await organiser.press("Go on")
    await organiser.sees("Look over and run")
    await organiser.look("amc-review")
    await page.get_by_role("button", name="Run it").click()
    await expect(page.locator("main header").get_by_text("Succeeded")).to_be_visible(timeout=RUN_MS)
    grid = page.get_by_role("grid", name="Rows of the result")
    await expect(grid.get_by_role("gridcell").first).to_be_visible()
    await organiser.look("amc-rows")
    await _columns_by_keyboard(organiser)
    await page.get_by_role("tab", name="Charts").click()
    await expect(page.locator("canvas")).to_be_visible()
    await organiser.look("amc-chart")
    await page.get_by_role("tab", name="Rows").click()

    await page.get_by_role("button", name="Export").click()
    async with page.expect_download() as download:
        await page.get_by_role("menuitem", name="CSV").click()
    path = tmp_path / "rows.csv"
    await (await download.value).save_as(path)
    lines = path.read_text().splitlines()
    assert lines[0] == "campaign,n"
    assert len(lines) > 1
    await _forgive_measuring(organiser)


async def test_offers_follow_what_is_typed(visitors: Visitors) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    await _new_workflow(organiser, "Offers")
    await _write(page, "SELECT 1 FROM ")
    await page.keyboard.type("dsp_")
    offers = page.locator(".suggest-widget .monaco-list-row")
    await expect(offers.filter(has_text="dsp_").nth(4)).to_be_visible()
    await page.keyboard.press("Escape")
    await _write(page, "SELECT campaign FROM dsp_views WHERE ")
    await page.keyboard.type("view")
    await expect(offers.filter(has_text="view").first).to_be_visible()
    await page.keyboard.press("Escape")
    await _forgive_measuring(organiser)


async def test_a_guide_leads_into_the_library(visitors: Visitors) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    await page.goto("/amc/library/guides")
    cards = page.locator("main li a[href*='/guides/']")
    await expect(cards.first).to_be_visible()
    await organiser.look("amc-guides")
    await cards.first.click()
    await expect(page.get_by_role("button", name="Use this query").first).to_be_visible()
    await organiser.look("amc-guide")
    await page.get_by_role("button", name="Use this query").first.click()
    await expect(page.locator("[data-editor] .view-line").first).to_be_visible()
    await _forgive_measuring(organiser)
