"""Two weeks of a guide's query: collected, made a dashboard, compared, shown to a stranger."""

import re
from datetime import date, timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Visitors
from tests.browser.people import Person
from tests.browser.test_amc_recurring import connected

COLLECTED_MS = 120_000
GUIDE = "campaign-reach"
_NUMBER = re.compile(r"[\d,]+")


def _number(text: str) -> int:
    found = _NUMBER.search(text)
    assert found is not None, text
    return int(found.group().replace(",", ""))


async def _workflow_of_guide(page: Page) -> str:
    """Copy the guide's query into the library; return the workflow's id."""
    await page.goto(f"/amc/library/guides/{GUIDE}")
    await page.get_by_role("button", name="Use this query").first.click()
    await page.wait_for_url(re.compile(r"/amc/library/[0-9a-f-]{36}"))
    return page.url.rsplit("/", 1)[-1].split("?")[0]


async def _collect_two_weeks(organiser: Person, workflow: str) -> None:
    page = organiser.page
    await page.goto(f"/amc/runs/collections/new?workflow={workflow}")
    await organiser.sees("Choose at least one client.")
    await page.get_by_role("checkbox", name=re.compile("US 1")).first.click()
    # The stand-in's made-up days end with October.
    end = date(2026, 10, 19)
    await page.get_by_label("From", exact=True).fill((end - timedelta(days=14)).isoformat())
    await page.get_by_label("To, not included").fill(end.isoformat())
    await expect(page.get_by_role("status").filter(has_text="2 runs")).to_be_visible()
    await organiser.look("amc-collection-new")
    await page.get_by_role("button", name="Collect it").click()


def _tiles(page: Page, label: str) -> Locator:
    return page.get_by_role("article", name=label, exact=True)


@pytest.mark.timeout(300)
async def test_two_weeks_become_a_dashboard_that_a_stranger_reads(visitors: Visitors) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    await connected(organiser)
    await _collect_two_weeks(organiser, await _workflow_of_guide(page))

    cells = page.get_by_role("region", name="Segments").get_by_role("link")
    await expect(cells.and_(page.get_by_label(re.compile("Settled")))).to_have_count(
        2, timeout=COLLECTED_MS
    )
    await expect(page.locator("main header").get_by_text("Complete")).to_be_visible()
    await organiser.look("amc-collection")
    await page.get_by_role("tab", name="Joined rows").click()
    await expect(page.get_by_role("grid").get_by_role("gridcell").first).to_be_visible()
    await expect(page.get_by_role("columnheader", name=re.compile("campaign"))).to_be_visible()

    await page.get_by_role("button", name="Make a dashboard").click()
    await page.wait_for_url("**/amc/boards/*")
    card = _tiles(page, "Impressions").first
    await expect(card).to_contain_text("n/a")
    whole = _number(await card.locator("p").first.inner_text())
    drawn = _tiles(page, "Impressions").last
    await expect(drawn.locator("canvas")).to_be_visible()
    await drawn.get_by_text("As a table").click()
    weeks = [_number(each) for each in await drawn.get_by_role("cell").all_inner_texts()]
    assert len(weeks) == 2
    assert sum(weeks) == whole
    silent = page.get_by_role("region", name="Without a figure")
    await expect(silent).to_contain_text("Reach")
    await expect(page.get_by_text("never added up")).to_have_count(1)
    await organiser.look("amc-board")

    await page.get_by_role("button", name="Last 1 segment").click()
    await expect(card).to_contain_text(f"was {weeks[0]:,}")
    changed = abs(weeks[1] - weeks[0]) * 100 / weeks[0]
    await expect(card).to_contain_text(f"{changed:,.1f}".removesuffix(".0") + " %")
    await expect(card.locator("p").first).to_have_text(f"{weeks[1]:,}")

    await page.get_by_role("button", name="Snapshots").click()
    await page.get_by_role("button", name="Make a snapshot").click()
    link = await page.get_by_role("textbox", name="Link").input_value()
    await organiser.look("amc-snapshots")

    stranger = await visitors.arrive()
    await stranger.page.goto(link)
    shown = _tiles(stranger.page, "Impressions").first
    await expect(shown).to_contain_text(f"was {weeks[0]:,}")
    await expect(shown.locator("p").first).to_have_text(f"{weeks[1]:,}")
    await stranger.look("amc-snapshot")

    await page.get_by_role("button", name=re.compile("^Revoke")).click()
    await organiser.sees("Its link shows nothing from now on")
    await page.get_by_role("button", name="Revoke", exact=True).click()
    await organiser.sees("None yet")
    stranger.may_read_refusal(404)
    await stranger.page.reload()
    await stranger.sees("This link shows nothing")

    await page.goto("/amc/boards")
    await expect(page.get_by_role("link", name=re.compile("over time")).first).to_be_visible()
    await organiser.look("amc-boards")
    await page.goto("/amc/runs/collections")
    await expect(page.get_by_role("grid", name="Collections")).to_be_visible()
    await organiser.look("amc-collections")
    # The editor measures itself, which the held clock refuses.
    organiser.wrong[:] = [each for each in organiser.wrong if "reading 'duration'" not in each]
