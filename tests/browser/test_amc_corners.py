"""Pages of the workbench beside its straight path: what runs left, and what is taken away."""

import re

from first_campaign import Staff
from playwright.async_api import expect

from tests.browser.conftest import Visitors
from tests.browser.test_amc_recurring import connected, run_for_client
from tests.browser.test_marketing_cloud import _forgive_measuring

SQL = (
    "SELECT campaign, device_type, COUNT(DISTINCT user_id) AS reach FROM dsp_impressions"
    " GROUP BY campaign, device_type"
)


async def test_two_runs_are_compared_pivoted_and_found_again(
    visitors: Visitors, staff: Staff
) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    await connected(organiser)
    body = {"name": "By device", "sql": SQL, "shared": True}
    made = await staff.organiser.post("/amc/workflows", body)
    for _ in range(2):
        await run_for_client(organiser, made["id"])
    await page.get_by_role("tab", name="Pivot").click()
    await page.get_by_label("Columns", exact=True).click()
    await page.get_by_role("option", name="device_type").click()
    await expect(page.get_by_role("group", name="Pivot").get_by_role("row").nth(2)).to_be_visible()
    await organiser.look("amc-pivot")

    await page.goto(f"/amc/library/{made['id']}?panel=runs")
    await organiser.look("amc-workflow-runs")
    await page.get_by_role("link", name="All runs of it").click()
    await organiser.sees("Workflow: By device")
    grid = page.get_by_role("grid", name="Runs")
    await expect(grid.get_by_role("row")).to_have_count(3)
    await grid.get_by_role("button", name="Rows").click()
    await expect(page).to_have_url(re.compile("sort=row_count"))
    await grid.get_by_role("button", name="Asked").click(modifiers=["Shift"])
    await expect(page).to_have_url(re.compile("sort=row_count(,|%2C)-?created_at"))
    await expect(grid.get_by_role("row")).to_have_count(3)
    await page.get_by_role("checkbox", name="Select all rows shown").check()
    await organiser.press("Compare the two")
    await organiser.sees("Both hold the same rows")
    await organiser.look("amc-compare-runs")
    await _forgive_measuring(organiser)


async def test_a_workflow_is_begun_from_the_schema_archived_and_brought_back(
    visitors: Visitors,
) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    await page.goto("/amc/library/schema")
    await page.get_by_role("button", name=re.compile("^amazon_live_traffic")).click()
    await organiser.sees("A run's window filters event_dt_utc.")
    await organiser.look("amc-schema")
    await organiser.press("Begin a workflow with it")
    await page.get_by_role("dialog").get_by_label("Name").fill("Live traffic")
    await organiser.press("Write it")
    await expect(page.get_by_role("heading", level=1, name="Live traffic")).to_be_visible()
    await page.get_by_role("tab", name="Forecast").click()
    await page.get_by_label("Rows below their threshold").click()
    await page.get_by_role("option", name=re.compile("^stay, without")).click()
    await expect(page.get_by_role("button", name=re.compile("Save a new version"))).to_be_enabled()
    await page.get_by_role("button", name="More for Live traffic").click()
    await page.get_by_role("menuitem", name="Give up what is not saved").click()

    await page.get_by_role("button", name="More for Live traffic").click()
    await page.get_by_role("menuitem", name="Archive").click()
    await organiser.sees("Live traffic is archived")
    await page.get_by_role("button", name="Archived").click()
    row = page.get_by_role("grid", name="Workflows").get_by_role("row", name=re.compile("Live"))
    await row.click()
    await organiser.look("amc-archived-workflow")
    await organiser.press("Bring it back")
    await organiser.sees("Live traffic is in the library again")
    await expect(page.get_by_role("button", name=re.compile("^Run it"))).to_be_visible()
    await _forgive_measuring(organiser)


async def test_what_disconnecting_loses_is_said_first(visitors: Visitors) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    await connected(organiser)
    await page.goto("/amc/connections")
    await page.get_by_role("button", name=re.compile("^More for")).first.click()
    await page.get_by_role("menuitem", name="Disconnect").click()
    await organiser.sees("It cannot be undone")
    await organiser.look("amc-disconnect")
    await organiser.press("Keep it")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.goto("/amc/clients")
    await page.get_by_role("grid", name="Clients").get_by_role("row").nth(1).click()
    await organiser.press("Set up")
    await organiser.sees("Access")
    await organiser.look("amc-client-access")
