"""A refund made at the provider after the release: nobody held it, so two people let the bond."""

from typing import Any

import pytest
from first_campaign import Staff, approve_release, until
from playwright.async_api import expect

from tests.browser.conftest import Visitors
from tests.browser.people import REVIEWER, Person
from tests.browser.test_bond_and_fees import pay_into_bond
from tests.browser.test_claims_and_proposals import _provider
from tests.browser.test_escrow_desk import _let_settle
from tests.browser.test_supplier_identity import PRICE, inspected


@pytest.mark.timeout(300)
async def test_the_bond_bears_what_nobody_held(visitors: Visitors, staff: Staff) -> None:
    campaign = await inspected(visitors, staff, "borne")
    await approve_release(staff, campaign["id"], seconds=60)
    await until(staff.organiser, campaign["id"], "completed", seconds=60)
    await _let_settle(staff, REVIEWER)
    await pay_into_bond(staff, 2 * PRICE)
    await _refund_at_the_provider(visitors, staff, campaign)
    first, second = await visitors.organiser(), await visitors.arrive()
    await _ask(first, campaign)
    await _approve(second)
    await _is_borne(first, campaign)


async def _refund_at_the_provider(
    visitors: Visitors, staff: Staff, campaign: dict[str, Any]
) -> None:
    [commitment] = (await staff.organiser.get(f"/campaigns/{campaign['id']}/commitments"))["items"]
    query = f"kind=capture&target_id={commitment['id']}"
    [capture] = (await staff.organiser.get(f"/payments/instructions?{query}"))["items"]
    async with _provider(visitors.suite) as provider:
        path = f"/control/authorisations/{capture['provider_reference']}/refund"
        done = await provider.post(path, json={})
        assert done.status_code == 201, done.text


async def _open(person: Person, campaign: dict[str, Any]) -> None:
    page = person.page
    await page.goto("/desk/provider-actions")
    row = page.get_by_role("row").filter(has_text=campaign["title"]).filter(has_text="Refund")
    await person.again("reload", row)
    await row.click()


async def _ask(first: Person, campaign: dict[str, Any]) -> None:
    page = first.page
    await _open(first, campaign)
    await first.sees("It is more than what is held for the commitment")
    await first.look("desk-provider-action")
    await first.press("Let the bond bear it")
    await page.get_by_label("Reason").fill("Support refunded it there after the release.")
    await first.look("desk-bear-refund")
    await first.press("Ask a second person")
    await expect(page.get_by_role("dialog", name="Waits for a second person")).to_be_visible()


async def _approve(second: Person) -> None:
    await second.sign_in_by_mail(REVIEWER)
    page = second.page
    await page.goto("/approvals")
    await page.get_by_text("made at the provider: the bond bears €49.98").first.click()
    await second.press("Approve")
    await page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    await second.sees("Approved")


async def _is_borne(first: Person, campaign: dict[str, Any]) -> None:
    await _open(first, campaign)
    await first.sees("The bond bears €49.98 of it, as two people have approved.")
    await first.look("desk-provider-action-borne")
    await first.page.goto("/desk/fees?kind=refund_loss")
    row = first.page.get_by_role("row").filter(has_text=campaign["title"])
    await expect(row.get_by_text("Refund beyond escrow")).to_be_visible()
    await first.look("desk-refund-loss")
