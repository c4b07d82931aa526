"""What a client's mapping gives stays its own: from the wizard to a collection of two clients."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from first_campaign import Staff
from playwright.async_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.people import Person
from tests.browser.test_amc_recurring import connected
from tests.browser.test_marketing_cloud import RUN_MS

COLLECTED_MS = 120_000
SQL = (
    "SELECT campaign, SUM(total_purchases) AS purchases"
    " FROM amazon_attributed_events_by_conversion_time"
    " WHERE CONTAINED_IN(tracked_asin, CUSTOM_PARAMETER('asins')) GROUP BY campaign"
)
ASINS = {"name": "asins", "list": True, "kind": "asin_list", "label": "Products sold"}


async def _map(page: Page, client: dict[str, Any], asin: str) -> None:
    """Let the client have one brand with one product."""
    await page.goto(f"/amc/clients/{client['id']}?tab=mapping")
    await expect(page.get_by_label("Brand to add")).to_be_visible()
    taken = page.get_by_role("button", name=re.compile("^Take .* away$"))
    while await taken.count():
        await taken.first.click()
    await page.get_by_label("Brand to add").fill("Lumen")
    await page.get_by_role("button", name="Add the brand").click()
    await page.get_by_role("button", name=re.compile("^Lumen")).click()
    await page.get_by_label("Products", exact=True).fill(asin)
    await page.get_by_role("button", name="Save the mapping").click()
    await expect(page.get_by_role("button", name="Save the mapping")).to_be_disabled()


async def _run(organiser: Person, client: dict[str, Any], workflow: str) -> None:
    page = organiser.page
    await page.goto(f"/amc/clients/{client['id']}/run?workflow={workflow}&step=1")
    await organiser.sees("What this run reads")
    await organiser.press("Go on")
    await organiser.sees("Filled from Lumen.")
    await organiser.look("amc-values-filled")
    await page.get_by_role("button", name="Run it").click()
    await expect(page.locator("main header").get_by_text("Succeeded")).to_be_visible(timeout=RUN_MS)


async def _collect(organiser: Person, other: dict[str, Any]) -> None:
    page = organiser.page
    await organiser.press("Collect over time")
    await expect(page.get_by_label("Products sold")).to_have_value("")
    await page.get_by_role("checkbox", name=re.compile(f"^{re.escape(other['name'])}")).click()
    end = date(2026, 10, 19)
    await page.get_by_label("From", exact=True).fill((end - timedelta(days=7)).isoformat())
    await page.get_by_label("To, not included").fill(end.isoformat())
    await expect(page.get_by_role("status").filter(has_text="2 runs")).to_be_visible()
    await page.get_by_role("button", name="Collect it").click()
    await expect(page.locator("main header").get_by_text("Complete")).to_be_visible(
        timeout=COLLECTED_MS
    )


@pytest.mark.timeout(300)
async def test_two_clients_are_collected_each_with_its_own(
    visitors: Visitors, staff: Staff
) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    await connected(organiser)
    clients = (await staff.organiser.get("/amc/instances?active=true"))["items"][:2]
    own = {client["id"]: f"B0OWN0000{number}" for number, client in enumerate(clients, start=1)}
    for client in clients:
        await _map(page, client, own[client["id"]])
    body = {"name": "Sold of the mapped", "sql": SQL, "parameters": [ASINS], "shared": True}
    workflow = (await staff.organiser.post("/amc/workflows", body))["id"]
    await _run(organiser, clients[0], workflow)
    await _collect(organiser, clients[1])

    listed = (await staff.organiser.get(f"/amc/runs?workflow_id={workflow}"))["items"]
    asked = [await staff.organiser.get(f"/amc/runs/{run['id']}") for run in listed]
    assert [run["origin"] for run in asked].count("run_set") == 2
    for run in asked:
        assert run["values"] == {"asins": [own[run["instance"]["id"]]]}
        assert run["value_sources"] == {"asins": "mapping:Lumen"}
    # The local Amazon has no icon.
    organiser.wrong[:] = [each for each in organiser.wrong if "favicon.ico" not in each]
