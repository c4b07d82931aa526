"""Versions of a workflow, and pictures of what the guides' queries return."""

import re

from first_campaign import Staff
from playwright.async_api import expect

from tests.browser.conftest import Visitors
from tests.browser.test_amc_recurring import connected, run_for_client
from tests.browser.test_marketing_cloud import _forgive_measuring

COUNTS = "SELECT campaign, COUNT(*) AS n FROM dsp_impressions GROUP BY campaign"
PEOPLE = "SELECT campaign, COUNT(DISTINCT user_id) AS users FROM dsp_impressions GROUP BY campaign"


async def test_versions_are_compared_brought_back_and_copied(
    visitors: Visitors, staff: Staff
) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    body = {"name": "Versions", "sql": COUNTS, "shared": True, "note": "Counts"}
    made = await staff.organiser.post("/amc/workflows", body)
    await page.goto(f"/amc/library/{made['id']}?panel=versions")
    await expect(page.locator("[data-editor] .view-line").first).to_be_visible()
    await page.locator("[data-editor] .monaco-editor").click()
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text(PEOPLE)
    await organiser.press("Save a new version")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("What changed").fill("People")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("button", name="Compare")).to_have_count(1)

    await organiser.press("Compare")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("users").first).to_be_visible()
    await organiser.look("amc-compare-versions")
    await page.keyboard.press("Escape")
    await organiser.press("Bring back")
    await organiser.sees("Version 1 is back, as version 3")
    await expect(page.locator("[data-editor]")).to_contain_text("COUNT(*)")
    await expect(page.get_by_role("button", name="Compare")).to_have_count(2)
    await organiser.look("amc-versions")
    await page.get_by_role("button", name="More for Versions").click()
    await page.get_by_role("menuitem", name="Make a copy of my own").click()
    await expect(page.get_by_role("heading", level=1, name="Versions (copy)")).to_be_visible()
    await _forgive_measuring(organiser)


async def test_results_of_guides_are_drawn(visitors: Visitors, staff: Staff) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    await connected(organiser)
    for slug, picture in (
        ("path-to-conversion", "Paths"),
        ("overlap-of-three", "Overlap"),
        ("audience-overlap", "Heat map"),
    ):
        workflow = await staff.organiser.post(f"/amc/guides/{slug}/use", {}, keyed=True)
        await run_for_client(organiser, workflow["id"])
        await page.get_by_role("tab", name="Charts").click()
        await page.get_by_label("Picture").click()
        await page.get_by_role("option", name=picture).click()
        drawing = page.locator("main canvas, main svg[viewBox='60 0 500 420']")
        await expect(drawing.first).to_be_visible()
        await organiser.look(f"amc-drawn-{slug}")
    await expect(page.get_by_role("alert")).to_have_count(0)
    assert re.search(r"/amc/runs/", page.url)
