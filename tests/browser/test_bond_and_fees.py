"""What bears fees: the keeper of books pays into the bond, records a fee, and sees who bore it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from first_campaign import Staff, prepare
from playwright.async_api import expect

from tests.browser.conftest import Visitors
from tests.browser.people import Person

FEE = 90
PATIENCE_SECONDS = 60.0


async def test_the_keeper_of_books_sees_that_fees_fall_on_no_member(
    visitors: Visitors, staff: Staff
) -> None:
    now = datetime.fromisoformat((await staff.organiser.get("/clock"))["now"])
    campaign = await prepare(staff, "fees", 30, now)
    person = await visitors.organiser()
    await _pay_in(person, staff)
    await _record_a_fee(person, staff, campaign)


async def until_true(true: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what worker and provider do: the page is looked at only when it is done."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while not await true():
        assert time.monotonic() < ends, "worker and provider took too long"
        await asyncio.sleep(0.2)


async def pay_into_bond(staff: Staff, amount_minor: int) -> None:
    """Have the provider take it from the organisation's method, and wait until it has."""
    order = {"amount_minor": amount_minor, "currency": "EUR", "payment_method": "pm_ok"}
    paid = await staff.finance.post("/campaign-bond/payments", order, keyed=True)

    async def is_paid() -> bool:
        found = (await staff.finance.get("/campaign-bond/payments?state=confirmed"))["items"]
        return any(each["id"] == paid["id"] for each in found)

    await until_true(is_paid)


async def _pay_in(person: Person, staff: Staff) -> None:
    page = person.page

    async def confirmed() -> int:
        paid = await staff.finance.get("/campaign-bond/payments?state=confirmed")
        return len(paid["items"])

    before = await confirmed()
    await page.goto("/desk/bond")
    await person.press("Pay into the bond")
    await page.get_by_label("Amount").fill("25.00")
    await page.get_by_label("Payment method").fill("pm_ok")
    await person.look("desk-bond-pay")
    await person.press("Pay in €25.00")

    async def is_paid() -> bool:
        return await confirmed() > before

    await until_true(is_paid)
    await page.reload()
    await expect(page.get_by_role("gridcell", name="Paid in").first).to_be_visible()
    await person.look("desk-bond")


async def _record_a_fee(person: Person, staff: Staff, campaign: dict[str, Any]) -> None:
    page = person.page
    reference = f"fee_{campaign['reference']}"
    await page.goto(f"/campaigns/{campaign['id']}?tab=books")
    await person.press("Record a fee")
    await page.get_by_label("Amount, EUR").fill("0.90")
    await page.get_by_label("Reference at the provider").fill(reference)
    await person.look("campaign-record-fee")
    await person.press("Book €0.90")
    await expect(page.get_by_role("dialog", name="Record a fee")).to_be_hidden()

    async def is_borne() -> bool:
        found = (await staff.finance.get("/campaign-provider-charges"))["items"]
        return any(
            each["reference"] == reference and each["recharged_minor"] == FEE for each in found
        )

    await until_true(is_borne)
    await page.goto("/desk/fees")
    row = page.get_by_role("row").filter(has_text=reference)
    await expect(row.get_by_text("Borne by the bond")).to_be_visible()
    await person.look("desk-fees")
