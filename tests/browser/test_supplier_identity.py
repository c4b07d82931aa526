"""A release to verified suppliers only: refused until finance has said who the supplier is."""

from datetime import datetime
from typing import Any

import pytest
from first_campaign import (
    DAYS_OPEN,
    Member,
    Staff,
    deliver,
    prepare,
    take_part,
    until,
    until_decided,
)
from playwright.async_api import expect

from tests.browser.conftest import Visitors
from tests.browser.people import REVIEWER, SUPPLIER, Person
from tests.browser.test_bond_and_fees import until_true
from tests.browser.test_escrow_desk import _let_settle

DAY = 86_400
INSPECTION_DAYS = 7
PRICE = 2_499


@pytest.mark.timeout(300)
async def test_a_release_waits_until_the_supplier_is_verified(
    visitors: Visitors, staff: Staff
) -> None:
    organiser, supplier = await visitors.organiser(), await visitors.arrive()
    campaign = await inspected(visitors, staff, "vera")
    await _let_settle(staff, REVIEWER)
    await _one_has_approved(staff, campaign)
    await _ask_for_verification(organiser)
    try:
        await _own_page_says(supplier, "has not verified yet who you are")
        await supplier.look("supply-not-verified")
        reviewer = await visitors.arrive()
        await _release_is_refused(reviewer, campaign)
        await _say_who_it_is(organiser)
        await _own_page_says(supplier, "has verified who you are")
        await supplier.look("supply-verified")
        await _confirm(reviewer)
        await reviewer.sees("Approved")
        await until(staff.organiser, campaign["id"], "completed", seconds=60)
        await supplier.page.reload()
        await supplier.sees(campaign["title"])
    finally:
        await staff.reviewer.patch("/campaign-settings", {"supplier_verification": False})


async def inspected(visitors: Visitors, staff: Staff, name: str) -> dict[str, Any]:
    now = datetime.fromisoformat((await staff.organiser.get("/clock"))["now"])
    campaign = await prepare(staff, name, 2, now)
    email = f"{name}@example.com"
    member = Member(name, email, "", 2, 2 * PRICE, "pm_ok", withdraws=False)
    await take_part(visitors.suite.base_url, "demo", member, campaign)
    await until_decided(staff.organiser, campaign["id"], seconds=60)
    await staff.organiser.post("/clock/advance", {"seconds": DAYS_OPEN * DAY + 60})
    await until(staff.organiser, campaign["id"], "awaiting_supplier", seconds=60)
    await deliver(staff, campaign["id"], seconds=60)
    await staff.organiser.post("/clock/advance", {"seconds": INSPECTION_DAYS * DAY + 60})
    return campaign


async def _one_has_approved(staff: Staff, campaign: dict[str, Any]) -> None:
    """Wait until the end of the inspection has asked for the release; finance approves it."""
    path = f"/approvals?state=requested&action=campaigns.release&subject_id={campaign['id']}"

    async def is_asked() -> bool:
        return bool((await staff.finance.get(path))["items"])

    await until_true(is_asked)
    [asked] = (await staff.finance.get(path))["items"]
    await staff.finance.post(f"/approvals/{asked['id']}/approve", {})


async def _ask_for_verification(organiser: Person) -> None:
    page = organiser.page
    await page.goto("/settings/campaigns")
    await page.get_by_role("checkbox", name="Release to verified suppliers only").check()
    await organiser.look("settings-verification")
    await organiser.press("Save the release rules")
    await organiser.sees("Rules of the release saved")


async def _own_page_says(supplier: Person, text: str) -> None:
    if supplier.page.url == "about:blank":
        await supplier.sign_in_by_mail(SUPPLIER)
    await supplier.page.goto("/supplier")
    await supplier.sees(text)


async def _confirm(reviewer: Person) -> None:
    """Press the button in the dialog, which stays open after a refusal."""
    await reviewer.page.get_by_role("dialog").get_by_role("button", name="Approve").click()


async def _release_is_refused(reviewer: Person, campaign: dict[str, Any]) -> None:
    await reviewer.sign_in_by_mail(REVIEWER)
    page = reviewer.page
    await page.goto("/desk/payouts")
    await page.get_by_role("link").filter(has_text=campaign["title"]).first.click()
    reviewer.may_read_refusal(409)
    await reviewer.press("Approve")
    await _confirm(reviewer)
    await reviewer.sees("The supplier's identity is not verified")
    await reviewer.look("approval-not-verified")


async def _say_who_it_is(organiser: Person) -> None:
    page = organiser.page
    await page.goto("/desk/payouts")
    line = page.get_by_role("listitem", name="Northern Metalworks").first
    await expect(line.get_by_text("Not verified")).to_be_visible()
    await organiser.look("desk-identities")
    await line.get_by_role("button", name="Say who it is").click()
    looked = page.get_by_label("How you looked at it")
    await looked.fill("Extract of the register of companies, seen today.")
    await organiser.look("desk-identity")
    await organiser.press("Note it")
    await expect(line.get_by_text("Verified", exact=True)).to_be_visible()
    await organiser.look("desk-identities-verified")
