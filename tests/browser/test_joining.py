"""A member joins in five steps, sees where the money is, and withdraws."""

from datetime import datetime

from first_campaign import Staff, prepare
from playwright.async_api import expect

from tests.browser.conftest import Visitors


async def test_a_member_joins_reads_each_move_and_withdraws(
    visitors: Visitors, staff: Staff
) -> None:
    now = datetime.fromisoformat((await staff.organiser.get("/clock"))["now"])
    campaign = await prepare(staff, "joined", 40, now)
    member = await visitors.arrive()
    page = member.page
    await member.sign_in_by_mail("mika.member@example.com")
    await page.goto(f"/o/demo/campaigns/{campaign['slug']}")
    await member.sees("€24.99")
    await member.press("Join this campaign")
    await member.fill(How_many_units="2")
    await member.sees("€49.98")
    await member.look("join-1-units")
    steps = ("How it works", "The path of the money", "What happens next", "Confirm")
    for number, heading in enumerate(steps, 2):
        if number < 6:
            await member.press("Go on")
        await expect(page.get_by_role("heading", name=heading)).to_be_focused()
        await member.look(f"join-{number}-{heading.split()[-1].lower()}")
    await member.fill(
        Recipient="Mika Member", Street_and_number="1 Sample Street", Postal_code="0150",
        City="Oslo",
    )  # fmt: skip
    await page.get_by_role("combobox", name="Country").click()
    await page.get_by_role("option", name="Norway").click()
    commit = page.get_by_role("button", name="Commit and lock funds")
    await expect(commit).to_be_disabled()
    await page.get_by_role("checkbox", name="I have read the escrow terms").check()
    await expect(commit).to_be_disabled()
    await page.get_by_role("checkbox", name="may not succeed").check()
    await commit.click()

    await expect(page.get_by_role("heading", name="Where the money is")).to_be_visible()
    await member.again("Look again", page.get_by_text("Held in escrow at").first)
    for said in ("You committed 2 units", "confirmed that the amount"):
        await member.sees(said)
    await member.look("commitment-held")

    await member.press("Receipt")
    await expect(page.get_by_role("button", name="Print")).to_be_visible()
    await member.sees("€49.98")
    await member.look("commitment-receipt")
    await page.go_back()

    await member.press("Withdraw")
    await member.sees("The whole amount, €49.98, is refunded from escrow")
    await member.look("withdraw-dialog")
    await member.press("Withdraw €49.98")
    await member.sees("Withdrawn: €49.98 is refunded from escrow")
    await member.again("Look again", page.get_by_text("confirmed the full refund").first)
    await member.sees("Refunded", "With your original payment method")
    await member.look("commitment-refunded")
    await page.get_by_role("link", name="My commitments").first.click()
    await member.sees("Refunded", "€49.98")
    await member.look("commitments")
