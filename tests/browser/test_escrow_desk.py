"""The escrow desk: refused refunds, exceptions, statements, a bulk refund, the second person."""

from datetime import datetime
from typing import Any

from first_campaign import Member, Staff, prepare, take_part, until_decided
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Visitors
from tests.browser.people import REVIEWER, Person

PRICE = 2_499
STATEMENT = """value_on,currency,amount_minor,reference,kind,line_id
{day},EUR,4200,cap_nobody_knows,capture,line-{stamp}
"""


async def _let_settle(staff: Staff, *emails: str) -> None:
    """Give people the role of those who settle, beside what they have."""
    roles = {each["name"]: each["id"] for each in (await staff.organiser.get("/roles"))["items"]}
    for member in (await staff.organiser.get("/members"))["items"]:
        if member["email"] in emails:
            held = {role["id"] for role in member["roles"]} | {roles["finance"]}
            await staff.organiser._call(
                "PATCH", f"/members/{member['id']}", {"role_ids": sorted(held)}, {}
            )


async def _campaign_with_a_refused_refund(visitors: Visitors, staff: Staff) -> dict[str, Any]:
    now = datetime.fromisoformat((await staff.organiser.get("/clock"))["now"])
    campaign = await prepare(staff, "refused", 30, now)
    for name, method, withdraws in (
        ("rita", "pm_refund_fails", True),
        ("sam", "pm_ok", False),
        ("tess", "pm_ok", False),
    ):
        member = Member(name, f"{name}@example.com", "", 2, 2 * PRICE, method, withdraws)
        await take_part(visitors.suite.base_url, "demo", member, campaign)
    await until_decided(staff.organiser, campaign["id"], seconds=60)
    return campaign


def _queue(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


async def _choose(page: Page, name: str, option: str) -> None:
    await page.get_by_role("combobox", name=name).click()
    await page.get_by_role("option", name=option).click()


async def test_the_desk_ends_what_went_wrong(visitors: Visitors, staff: Staff) -> None:
    campaign = await _campaign_with_a_refused_refund(visitors, staff)
    await _let_settle(staff, REVIEWER)
    first, second = await visitors.organiser(), await visitors.arrive()
    page = first.page
    await page.goto("/desk")
    refused = _queue(page, "Refused refunds").get_by_role("link", name="together (refused")
    await expect(refused).to_be_visible(timeout=60_000)
    await expect(_queue(page, "Open exceptions").get_by_role("listitem").first).to_be_visible()
    await first.fill(Look_up=campaign["reference"])
    await first.press("Find")
    found = page.get_by_role("list", name="Found").get_by_role("link", name=campaign["reference"])
    await expect(found).to_be_visible()
    await first.look("desk")
    await page.goto("/desk/entries")
    await first.sees("Nothing was booked by hand")
    await first.look("desk-entries")
    await page.goto("/desk")

    await _pay_another_way(first, refused)
    await _agree(second)
    await page.goto("/desk/refunds")
    await expect(page.get_by_text("Confirmed").first).to_be_visible(timeout=60_000)
    await _close_exception(first)
    await _settle_difference(first, staff)
    await _refund_many(first, campaign)
    await _set_a_threshold(first)
    await page.goto("/communication")
    await first.sees("confirm refund · member")
    await first.look("communication")


async def _pay_another_way(first: Person, refused: Locator) -> None:
    page = first.page
    await refused.click()
    drawer = page.get_by_role("complementary")
    await expect(drawer.get_by_text("The provider refused it")).to_be_visible()
    await first.look("desk-refunds")
    await drawer.get_by_role("button", name="Pay it another way").click()
    await page.get_by_label("Account at the provider").fill("acct_rita_second")
    agreement = page.get_by_label("Where the member's agreement is to be found")
    await agreement.fill("Letter of 3 March, folder 12.")
    await first.look("desk-another-way")
    await first.press("Ask a second person")
    await expect(page.get_by_role("dialog", name="Waits for a second person")).to_be_visible()
    await first.look("desk-waits")
    await first.press("Open the request")
    await first.sees("Pay a refused refund another way")


async def _agree(second: Person) -> None:
    await second.sign_in_by_mail(REVIEWER)
    page = second.page
    await page.goto("/desk")
    await (
        _queue(page, "Wait for a second person")
        .get_by_role("link", name="acct_rita_second")
        .click()
    )
    await page.get_by_role("button", name="Approve").click()
    await page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    await second.sees("Approved")


async def _close_exception(first: Person) -> None:
    page = first.page
    await page.goto("/desk/exceptions?state=detected")
    await page.get_by_role("row").nth(1).click()
    drawer = page.get_by_role("complementary")
    # What was done is told in a dialog of its own kind, which may still stand there.
    dialog = page.locator('[role="dialog"]:not([data-toast])')
    await drawer.get_by_role("button", name="Triage").click()
    await dialog.get_by_role("button", name="Triage").click()
    await expect(dialog).to_be_hidden()
    await page.goto("/desk/exceptions?state=triaged")
    await page.get_by_role("row").nth(1).click()
    await drawer.get_by_role("button", name="Look after it").click()
    await expect(drawer.get_by_role("button", name="Look after it")).to_be_hidden()
    await drawer.get_by_role("button", name="Begin").click()
    await dialog.get_by_role("button", name="Begin").click()
    await expect(dialog).to_be_hidden()
    await page.goto("/desk/exceptions?open=true")
    await page.get_by_role("row").filter(has_text="In progress").click()
    await drawer.get_by_role("button", name="Add evidence").click()
    letter = {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"We agree. Rita."}
    await dialog.get_by_label("File").set_input_files(letter)  # type: ignore[arg-type]
    await dialog.get_by_label("What it shows").fill("The member's agreement")
    await dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(drawer.get_by_text("The member's agreement").first).to_be_visible()
    await drawer.get_by_role("button", name="Resolve").click()
    await dialog.get_by_label("What was done").fill("Paid to the account the member named.")
    await dialog.get_by_role("button", name="Resolve").click()
    await expect(drawer.get_by_role("button", name="Close", exact=True)).to_have_count(1)
    await first.look("desk-exceptions")
    await drawer.get_by_role("button", name="Close the exception").click()
    await dialog.get_by_role("button", name="Close the exception").click()
    await first.sees("Closed")


async def _settle_difference(first: Person, staff: Staff) -> None:
    page = first.page
    now = datetime.fromisoformat((await staff.organiser.get("/clock"))["now"])
    await page.goto("/payments/statements")
    await first.press("Import a statement")
    text = STATEMENT.format(day=now.date().isoformat(), stamp=int(now.timestamp()))
    file = {"name": "day.csv", "mimeType": "text/csv", "buffer": text.encode()}
    await page.get_by_label("File").set_input_files(file)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Import", exact=True).click()
    await first.sees("Imported and compared with our records.")
    await first.look("statement-imported")
    await first.press("Done")
    await first.look("statements")
    await page.goto("/payments/breaks?state=open")
    await page.get_by_role("row").filter(has_text="cap_nobody_knows").click()
    await first.look("breaks")
    await first.press("Settle this difference")
    await _choose(page, "How", "The line does not count")
    await page.get_by_label("Reason").fill("Another organisation's capture.")
    await page.get_by_role("button", name="Settle", exact=True).click()
    await first.sees("Settled: Not in our records")
    await page.goto("/payments/instructions")
    await first.sees("Refund")
    await first.look("instructions")


async def _refund_many(first: Person, campaign: dict[str, Any]) -> None:
    page = first.page
    await page.goto(f"/desk/refund-many?campaign={campaign['id']}")
    await _choose(page, "What goes back", "So much for each unit")
    await page.get_by_label("Amount for each unit").fill("2.50")
    await page.get_by_label("In words").fill("The lids are scratched.")
    await first.press("Show what would happen")
    await expect(
        page.get_by_text("2 commitments go on; €10.00 of them is refunded")
    ).to_be_visible()
    await first.look("refund-many")
    await first.press("Ask a second person to refund €10.00")
    await expect(page.get_by_role("dialog", name="Waits for a second person")).to_be_visible()
    await page.goto(f"/campaigns/{campaign['id']}")
    await first.sees("Waits for a second person", "Open the request")
    await first.look("record-waits")


async def _set_a_threshold(first: Person) -> None:
    page = first.page
    await page.goto("/settings/approvals")
    await page.get_by_role("combobox").first.click()
    await page.get_by_role("option", name="Above an amount").click()
    await page.get_by_label("Amount").first.fill("250")
    await first.look("approval-rules")
    await first.press("Save these rules")
    await first.sees("Rules saved")
    await page.get_by_role("combobox").first.click()
    await page.get_by_role("option", name="Always a second person").click()
    await first.press("Save these rules")
