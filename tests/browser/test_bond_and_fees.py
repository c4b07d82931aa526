"""What bears fees, what was done elsewhere, what is earned: the keeper of books looks."""

from typing import Any

from first_campaign import Staff
from playwright.async_api import expect

from tests.browser.conftest import Visitors
from tests.browser.people import Person


async def _a_published_campaign(staff: Staff) -> dict[str, Any]:
    found = (await staff.organiser.get("/campaigns?state=live"))["items"]
    campaign: dict[str, Any] = found[0]
    return campaign


async def test_the_keeper_of_books_sees_that_fees_fall_on_no_member(
    visitors: Visitors, staff: Staff
) -> None:
    campaign = await _a_published_campaign(staff)
    person = await visitors.organiser()
    await _pay_in(person)
    await _record_a_fee(person, campaign)
    await person.page.goto("/desk/provider-actions")
    await person.sees("Done at the provider")
    await person.look("desk-provider-actions")
    await _earn_by_fee(person)
    await _hide_and_show(person, campaign)


async def _pay_in(person: Person) -> None:
    page = person.page
    await page.goto("/desk")
    await person.press("Bond and fees")
    await person.press("Pay into the bond")
    await page.get_by_label("Amount").fill("25.00")
    await page.get_by_label("Payment method").fill("pm_ok")
    await person.look("desk-bond-pay")
    await person.press("Pay in €25.00")
    await expect(page.get_by_role("gridcell", name="Paid in").first).to_be_visible(timeout=60_000)
    await person.look("desk-bond")


async def _record_a_fee(person: Person, campaign: dict[str, Any]) -> None:
    page = person.page
    await page.goto(f"/campaigns/{campaign['id']}?tab=books")
    await person.press("Record a fee")
    await page.get_by_label("Amount, EUR").fill("0.90")
    await page.get_by_label("Reference at the provider").fill(f"fee_{campaign['reference']}")
    await person.look("campaign-record-fee")
    await person.press("Book €0.90")
    await expect(page.get_by_role("dialog", name="Record a fee")).to_be_hidden()
    await person.look("campaign-books")
    await page.goto("/desk/fees")
    await person.sees("Borne by the bond")
    await person.look("desk-fees")


async def _earn_by_fee(person: Person) -> None:
    page = person.page
    await page.goto("/settings/campaigns")
    await page.get_by_role("combobox", name="What this organisation earns").click()
    await page.get_by_role("option", name="A fee").click()
    await page.get_by_label("Fee, in %").fill("2.5")
    await person.look("settings-campaigns-income")


async def _hide_and_show(person: Person, campaign: dict[str, Any]) -> None:
    page = person.page
    await page.goto(f"/campaigns/{campaign['id']}")
    await person.press("Hide")
    await person.sees("Hidden: only those who joined still see it.")
    await person.look("campaign-hidden")
    await person.press("Show it again")
    await expect(page.get_by_role("button", name="Hide", exact=True)).to_be_visible()
    await page.goto(f"/o/demo/campaigns/{campaign['slug']}")
    await page.get_by_text("How to check the record without us").click()
    await person.sees("All keys, as a key set")
    await person.look("public-campaign-key")
