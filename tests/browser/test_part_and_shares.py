"""A part is accepted, a share released on evidence, an issue split: what each side sees of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from first_campaign import (
    DAYS_OPEN,
    Member,
    Staff,
    take_part,
    until,
    until_allocated,
    until_decided,
)
from first_campaign_client import Person as Caller
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Visitors
from tests.browser.people import REVIEWER, SUPPLIER, Person
from tests.browser.test_escrow_desk import _let_settle

DAY = 86_400
PRICE = 2_499
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]>>endobj\n"
LOG = {"name": "works-log.pdf", "mimeType": "application/pdf", "buffer": PDF + b"%%EOF\n"}


async def _choose(page: Page, name: str, option: str) -> None:
    await page.get_by_role("combobox", name=name).click()
    await page.get_by_role("option", name=option).click()


async def _publish(staff: Staff) -> dict[str, Any]:
    """Draft, submit and approve a campaign with a share before the inspection."""
    allowed = {"release_policy": "milestones"}
    await staff.organiser._call("PATCH", "/campaign-settings", allowed, {})
    now = datetime.fromisoformat((await staff.organiser.get("/clock"))["now"])
    supplier = await staff.supplier.get("/auth/me")
    deadline = now + timedelta(days=DAYS_OPEN)
    body = {
        "title": f"Steel bottles, in shares ({now.strftime('%d %b %H:%M:%S')})",
        "summary": "Made in two lots, delivered to each door.",
        "product": {"sku": "BTL-750", "name": "Steel bottle 750 ml", "description": "Two walls."},
        "picture_url": "/pictures/steel-bottle.svg",
        "goal_units": 4,
        "min_accept_units": 4,
        "oversub_rule": "pro_rata",
        "unit_price_minor": PRICE,
        "currency": "EUR",
        "min_units": 1,
        "max_units": 6,
        "deadline_at": deadline.isoformat(),
        "delivery_strategy": "supplier_direct",
        "supplier_id": supplier["user"]["id"],
        "supplier_name": "Northern Metalworks",
        "supplier_unit_price_minor": 1_900,
        "milestones": [
            {
                "title": "The first lot is made",
                "share_bp": 4_000,
                "due_at": (deadline + timedelta(days=20)).isoformat(),
                "auto_approve_hours": 96,
            },
            {
                "title": "Delivered and inspected",
                "share_bp": 6_000,
                "due_at": (deadline + timedelta(days=40)).isoformat(),
            },
        ],
    }
    campaign = await staff.organiser.post("/campaigns", body)
    await staff.organiser.step(campaign["id"], "submit")
    return await staff.reviewer.step(campaign["id"], "approve")


def _mail(name: str, campaign: dict[str, Any]) -> str:
    """An address of its own in each journey: only so many links are mailed to one."""
    return f"{name}-{campaign['reference'].lower()}@example.com"


async def _take_part(visitors: Visitors, campaign: dict[str, Any]) -> None:
    for name in ("mika", "ola"):
        email = _mail(name, campaign)
        member = Member(name, email, "", 4, 4 * PRICE, "pm_ok", withdraws=False)
        await take_part(visitors.suite.base_url, "demo", member, campaign)


async def _own(caller: Caller, campaign: dict[str, Any]) -> dict[str, Any]:
    found = (await caller.get("/commitments"))["items"]
    [own] = [each for each in found if each["campaign_id"] == campaign["id"]]
    return own  # type: ignore[no-any-return]


async def _open_own(member: Person, campaign: dict[str, Any]) -> None:
    await member.page.goto("/commitments")
    await member.page.get_by_role("link", name=campaign["title"]).first.click()
    await member.sees("Where the money is")


async def _agree_too(base_url: str, campaign: dict[str, Any]) -> None:
    async with Caller(base_url, _mail("ola", campaign)) as ola:
        await ola.sign_in("demo")
        own = await _own(ola, campaign)
        await ola.post(f"/commitments/{own['id']}/consent", {"answer": "agree"}, keyed=True)


async def _keep_a_product(organiser: Person) -> None:
    page = organiser.page
    await page.goto("/campaign-products")
    await organiser.press("Add a product")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("SKU").fill("BTL-750")
    await dialog.get_by_label("Name").fill("Steel bottle 750 ml")
    await dialog.get_by_label("Specification").fill("Volume: 750 ml\nWalls: two")
    await organiser.look("product-dialog")
    await dialog.get_by_role("button", name="Keep").click()
    await organiser.sees("Volume: 750 ml")
    await organiser.look("products")
    await page.get_by_role("tab", name="Consolidation points").click()
    await organiser.press("Add a place")
    await dialog.get_by_label("Name").fill("Harbour hall")
    await dialog.get_by_label("Address").fill("4 Pier Road, 0150 Oslo")
    await dialog.get_by_role("button", name="Add", exact=True).click()
    await organiser.sees("4 Pier Road, 0150 Oslo")
    await organiser.look("places")


async def _allow_shares(organiser: Person) -> None:
    page = organiser.page
    await page.goto("/settings/campaigns")
    await _choose(page, "Release", "In shares")
    switch = page.get_by_role("checkbox", name="Release and pay by itself")
    await switch.check()
    await organiser.sees("From now on nobody looks at a release")
    await organiser.look("settings-release")
    await switch.uncheck()
    await organiser.press("Save the release rules")
    await organiser.sees("Rules of the release saved")


async def _plan_is_locked(organiser: Person, campaign: dict[str, Any]) -> None:
    page = organiser.page
    await page.goto(f"/campaigns/{campaign['id']}?tab=milestones")
    await organiser.sees("The first lot is made", "40 %")
    await organiser.look("record-milestones-planned")
    await page.goto(f"/campaigns/{campaign['id']}/edit")
    title = page.get_by_label("Title", exact=True)
    await expect(title).to_have_attribute("readonly", "")
    await expect(title).to_have_accessible_description("Locked: it is part of the published rules.")
    await organiser.look("campaign-edit-locked")


async def _own_page(member: Person, campaign: dict[str, Any]) -> None:
    page = member.page
    await member.sign_in_by_mail(_mail("mika", campaign))
    await _open_own(member, campaign)
    await member.press("Change the address")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Street and number").fill("7 Quay Lane")
    await member.look("address-dialog")
    await dialog.get_by_role("button", name="Keep this address").click()
    await member.sees("7 Quay Lane")


async def _accept_a_part(supplier: Person, campaign: dict[str, Any]) -> Locator:
    page = supplier.page
    await supplier.sign_in_by_mail(SUPPLIER)
    await page.goto("/supplier")
    card = page.get_by_role("article").filter(has_text=campaign["reference"])
    await supplier.again("reload", card.get_by_role("button", name="Accept"))
    await card.get_by_role("button", name="Accept").click()
    await _choose(page, "What you accept", "Fewer units")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Units you accept").fill("6")
    await supplier.sees("For 6 units you receive €114.00")
    await supplier.look("supply-part")
    await dialog.get_by_role("button", name="Accept 6 units").click()
    await expect(card.get_by_text("You accepted 6 units.")).to_be_visible()
    await supplier.look("supply-part-asked")
    return card


async def _consent(member: Person) -> None:
    page = member.page
    heading = page.get_by_role("heading", name="The supplier accepted a part")
    await member.again("reload", heading)
    await member.sees("The rest, €24.99, returns from escrow")
    await member.look("commitment-consent")
    await member.press("Agree to the part")
    await member.look("consent-dialog")
    await member.press("Agree: €74.97 stays, €24.99 back")
    await member.sees("You agreed")


async def _give_evidence(supplier: Person, card: Locator) -> None:
    page = supplier.page
    give = card.get_by_role("button", name="Give evidence")
    await supplier.again("reload", give)
    await give.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("File").set_input_files(LOG)  # type: ignore[arg-type]
    await dialog.get_by_label("What it shows").fill("Lot one, counted.")
    await supplier.look("evidence-dialog")
    await dialog.get_by_role("button", name="Give as evidence").click()
    await expect(card.get_by_text("works-log.pdf")).to_be_visible()
    await supplier.look("supply-milestones")


async def _approve_share(first: Person, second: Person, campaign: dict[str, Any]) -> None:
    page = first.page
    await page.goto(f"/campaigns/{campaign['id']}?tab=milestones")
    await first.press("Approve the release")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Reason").fill("Counted with the supplier.")
    await first.look("milestone-approve")
    await dialog.get_by_role("button", name="Approve the release of 40 %").click()
    await first.sees("Waits for a second person", "Evidence is in")
    await first.look("record-milestones")
    await second.sign_in_by_mail(REVIEWER)
    await second.page.goto("/approvals")
    await second.page.get_by_text("The first lot is made").first.click()
    await second.press("Approve")
    await second.page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    await second.sees("Approved")


async def _decide_in_halves(
    visitors: Visitors, staff: Staff, first: Person, campaign: dict[str, Any]
) -> None:
    await staff.organiser.step(campaign["id"], "start_fulfilment")
    for kind in ("shipped", "delivered"):
        path = f"/supplier/campaigns/{campaign['id']}/fulfilment-events"
        await staff.supplier.post(path, {"kind": kind, "note": f"All of it was {kind}."})
    await staff.organiser.step(campaign["id"], "confirm_delivery")
    async with Caller(visitors.suite.base_url, _mail("mika", campaign)) as mika:
        await mika.sign_in("demo")
        own = await _own(mika, campaign)
        issue = {"category": "damaged", "text": "One lid does not close."}
        await mika.post(f"/commitments/{own['id']}/issues", issue)
    page = first.page
    await page.goto(f"/campaigns/{campaign['id']}?tab=issues")
    await first.press("Decide")
    await _choose(page, "Decision", "Refund a part")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("The member's part").fill("10")
    await dialog.get_by_label("What was found").fill("One lid of three does not close.")
    await first.look("issue-split")
    await dialog.get_by_role("button", name="Refund €10.00").click()
    await first.sees("A second person is asked to approve it")


async def test_products_places_and_how_escrow_is_released(visitors: Visitors) -> None:
    first = await visitors.organiser()
    await _keep_a_product(first)
    await _allow_shares(first)


@pytest.mark.timeout(300)
async def test_a_part_is_asked_of_every_member(visitors: Visitors, staff: Staff) -> None:
    first, member = await visitors.organiser(), await visitors.arrive()
    supplier = await visitors.arrive()
    campaign = await _publish(staff)
    await _plan_is_locked(first, campaign)
    await _take_part(visitors, campaign)
    await until_decided(staff.organiser, campaign["id"], seconds=60)
    await _own_page(member, campaign)
    await staff.organiser.post("/clock/advance", {"seconds": DAYS_OPEN * DAY + 60})
    await _accept_a_part(supplier, campaign)
    await _agree_too(visitors.suite.base_url, campaign)
    await _consent(member)
    await staff.organiser.post("/clock/advance", {"seconds": 4 * DAY})
    await until_allocated(staff.organiser, campaign["id"], seconds=60)
    await member.again("reload", member.page.get_by_text("Units allocated").first)
    await member.again("reload", member.page.get_by_text("Back with your original payment").first)
    await member.look("commitment-part")


@pytest.mark.timeout(300)
async def test_a_share_is_followed_by_all_three_sides(visitors: Visitors, staff: Staff) -> None:
    first, second = await visitors.organiser(), await visitors.arrive()
    supplier, member = await visitors.arrive(), await visitors.arrive()
    await _let_settle(staff, REVIEWER)
    campaign = await _publish(staff)
    await _take_part(visitors, campaign)
    await until_decided(staff.organiser, campaign["id"], seconds=60)
    await staff.organiser.post("/clock/advance", {"seconds": DAYS_OPEN * DAY + 60})
    await until(staff.organiser, campaign["id"], "awaiting_supplier", seconds=60)
    await staff.supplier.post(f"/supplier/campaigns/{campaign['id']}/accept", {}, keyed=True)
    await until_allocated(staff.organiser, campaign["id"], seconds=60)
    await staff.organiser.step(campaign["id"], "start_procuring")

    await first.page.goto(f"/campaigns/{campaign['id']}?tab=delivery")
    await first.press("Show it here")
    await first.sees("1 Sample Street")
    await first.look("record-manifest")
    await supplier.sign_in_by_mail(SUPPLIER)
    await supplier.page.goto("/supplier")
    card = supplier.page.get_by_role("article").filter(has_text=campaign["reference"])
    await _give_evidence(supplier, card)
    await _approve_share(first, second, campaign)
    await member.sign_in_by_mail(_mail("mika", campaign))
    await _open_own(member, campaign)
    await member.again("reload", member.page.get_by_text("Of your commitment €39.98 was"))
    await member.look("commitment-shares")
    await supplier.again("reload", card.get_by_text("Released", exact=True))
    await supplier.look("supply-released")
    await first.page.goto("/desk/payouts")
    await first.look("desk-payouts")


@pytest.mark.timeout(300)
async def test_an_issue_is_held_apart_and_split(visitors: Visitors, staff: Staff) -> None:
    first, member = await visitors.organiser(), await visitors.arrive()
    campaign = await _publish(staff)
    await _take_part(visitors, campaign)
    await until_decided(staff.organiser, campaign["id"], seconds=60)
    await staff.organiser.post("/clock/advance", {"seconds": DAYS_OPEN * DAY + 60})
    await until(staff.organiser, campaign["id"], "awaiting_supplier", seconds=60)
    await staff.supplier.post(f"/supplier/campaigns/{campaign['id']}/accept", {}, keyed=True)
    await until_allocated(staff.organiser, campaign["id"], seconds=60)
    await staff.organiser.step(campaign["id"], "start_procuring")
    await _decide_in_halves(visitors, staff, first, campaign)
    await member.sign_in_by_mail(_mail("mika", campaign))
    await _open_own(member, campaign)
    await member.sees("Held apart until what is disputed is decided")
    await member.look("commitment-held-apart")
