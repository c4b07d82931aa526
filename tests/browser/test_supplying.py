"""After the deadline: the supplier accepts and delivers, inspection ends, the books balance."""

from datetime import datetime

from first_campaign import (
    DAYS_OPEN,
    Member,
    Staff,
    approve_release,
    prepare,
    take_part,
    until_decided,
)
from playwright.async_api import Locator, expect

from tests.browser.conftest import Visitors
from tests.browser.people import SUPPLIER, Person

DAY = 86_400
INSPECTION_DAYS = 7
UNITS = {"ada": 3, "ben": 4, "cleo": 5}


async def _report(supplier: Person, card: Locator, step: str, note: str) -> None:
    page = supplier.page
    await card.get_by_role("button", name="Report a step").click()
    await page.get_by_role("combobox", name="Step").click()
    await page.get_by_role("option", name=step).click()
    await supplier.fill(Note=note)
    await page.get_by_role("button", name="Report", exact=True).click()
    await supplier.sees(note)


async def _step(organiser: Person, verb: str, then: str) -> None:
    await organiser.press(verb)
    await organiser.page.get_by_role("dialog").get_by_role("button", name=verb).click()
    await expect(
        organiser.page.locator("main header").get_by_text(then, exact=True)
    ).to_be_visible()


async def test_a_reached_goal_ends_completed(visitors: Visitors, staff: Staff) -> None:
    now = datetime.fromisoformat((await staff.organiser.get("/clock"))["now"])
    campaign = await prepare(staff, "delivered", 10, now)
    for name, units in UNITS.items():
        person = Member(
            name, f"{name}@example.com", "", units, units * 2_499, "pm_ok", withdraws=False
        )
        await take_part(visitors.suite.base_url, "demo", person, campaign)
    await until_decided(staff.organiser, campaign["id"], seconds=60)
    organiser, supplier = await visitors.organiser(), await visitors.arrive()
    page = organiser.page
    await page.goto(f"/campaigns/{campaign['id']}?tab=commitments")
    await expect(page.get_by_text("Held in escrow")).to_have_count(len(UNITS))
    await organiser.look("record-commitments")
    await page.goto("/campaigns")
    await organiser.sees(campaign["reference"])
    await organiser.look("campaigns")

    await staff.organiser.post("/clock/advance", {"seconds": DAYS_OPEN * DAY + 60})
    await supplier.sign_in_by_mail(SUPPLIER)
    await supplier.page.goto("/supplier")
    card = supplier.page.get_by_role("article").filter(has_text=campaign["reference"])
    await supplier.again("reload", card.get_by_role("button", name="Accept"))
    await supplier.look("supply-asked")
    await card.get_by_role("button", name="Accept").click()
    dialog = supplier.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Accept").click()
    await supplier.sees("accepted")

    await page.goto(f"/campaigns/{campaign['id']}")
    await _step(organiser, "Start procuring", "Procuring")
    await _step(organiser, "Start fulfilment", "Fulfilling")
    await supplier.page.reload()
    await _report(supplier, card, "Shipped", "Left the works by rail.")
    await _report(supplier, card, "Delivered", "Left at every door.")
    await supplier.look("supply-delivered")
    await _step(organiser, "Confirm delivery", "Inspecting")

    await staff.organiser.post("/clock/advance", {"seconds": INSPECTION_DAYS * DAY + 60})
    await approve_release(staff, campaign["id"], seconds=60)
    await organiser.again(
        "reload", page.locator("main header").get_by_text("Completed", exact=True)
    )
    for said in ("Live", "Awaiting supplier", "Confirmed", "Inspecting"):
        await organiser.sees(said)
    await organiser.look("record-completed")
    await page.get_by_role("tab", name="Books").click()
    await organiser.sees("Debits equal credits")
    await organiser.look("record-books")
    await page.get_by_role("tab", name="Commitments").click()
    await expect(page.get_by_role("row").filter(has_text="Completed")).to_have_count(len(UNITS))
    await page.get_by_role("tab", name="Raw events").click()
    await organiser.sees("campaigns.")
    await organiser.look("record-events")
