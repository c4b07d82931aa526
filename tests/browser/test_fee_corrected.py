"""A fee recorded wrongly: one person asks, another books the difference; both see the figures."""

from datetime import datetime
from typing import Any

from first_campaign import Staff, prepare
from playwright.async_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.people import REVIEWER, Person
from tests.browser.test_bond_and_fees import pay_into_bond
from tests.browser.test_escrow_desk import _let_settle

RECORDED, RIGHT = 400, 150


async def test_a_fee_is_corrected_by_two_people(visitors: Visitors, staff: Staff) -> None:
    now = datetime.fromisoformat((await staff.organiser.get("/clock"))["now"])
    campaign = await prepare(staff, "corrected", 30, now)
    reference = f"fee_wrong_{campaign['reference']}"
    bond = await _recorded(staff, campaign, reference)
    await _let_settle(staff, REVIEWER)
    first, second = await visitors.organiser(), await visitors.arrive()
    page = first.page
    await _open_fee(page, reference)
    await first.look("desk-fee")
    await first.press("Correct the amount")
    await page.get_by_label("It should be, EUR").fill("1.50")
    await page.get_by_label("Reason").fill("The invoice of November says otherwise.")
    await first.sees("An entry of €2.50 lowers it.")
    await first.look("desk-fee-correct")
    await first.press("Ask a second person")
    await expect(page.get_by_role("dialog", name="Waits for a second person")).to_be_visible()
    assert await _bond(staff) == bond, "one person books nothing"

    await _approve(second, reference)
    await _open_fee(page, reference)
    drawer = page.get_by_role("complementary", name="Peek")
    await expect(drawer.get_by_role("heading", name="€1.50")).to_be_visible()
    await expect(drawer.get_by_text("Recorded first")).to_be_visible()
    await first.look("desk-fee-corrected")
    await page.goto("/desk/entries")
    entry = page.locator("div").filter(has_text="Fee lowered").filter(has_text=reference).last
    await expect(entry.get_by_text("The invoice of November says otherwise.")).to_be_visible()
    await first.sees("€2.50")
    await first.look("desk-entries-fee")
    assert await _bond(staff) == bond + RECORDED - RIGHT, "the bond gets back what it bore too much"


async def _recorded(staff: Staff, campaign: dict[str, Any], reference: str) -> int:
    """Record a fee that the bond bears in full; return what is left in the bond, in cents."""
    await pay_into_bond(staff, 1_000)
    fee = {"kind": "provider_fee", "amount_minor": RECORDED, "reference": reference}
    path = f"/campaigns/{campaign['id']}/provider-charges"
    done = await staff.finance.post(path, fee, keyed=True)
    assert done["recharged_minor"] == RECORDED
    return await _bond(staff)


async def _bond(staff: Staff) -> int:
    [euro] = [
        each for each in await staff.finance.get("/campaign-coverage") if each["currency"] == "EUR"
    ]
    return int(euro["bond_minor"])


async def _open_fee(page: Page, reference: str) -> None:
    await page.goto("/desk/fees")
    await page.get_by_role("row").filter(has_text=reference).click()
    await expect(page.get_by_role("complementary", name="Peek")).to_be_visible()


async def _approve(second: Person, reference: str) -> None:
    await second.sign_in_by_mail(REVIEWER)
    page = second.page
    await page.goto("/approvals")
    await page.get_by_text(f"lower the recorded fee {reference} by €2.50").first.click()
    await second.press("Approve")
    await second.look("approval-fee-correct")
    await page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    await second.sees("Approved")
