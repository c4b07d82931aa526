"""A member's evidence, a supplier's debt paid back, and a proposal accepted into a draft."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from first_campaign import (
    DAYS_OPEN,
    Member,
    Staff,
    approve_release,
    deliver,
    prepare,
    take_part,
    until,
    until_decided,
)
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Visitors
from tests.browser.people import REVIEWER, SUPPLIER, Person, Suite
from tests.browser.test_escrow_desk import _let_settle
from tests.platform.files.contents import png

DAY = 86_400
PRICE = 2_499
UNITS = 2
INSPECTION_DAYS = 7
DENT = {"name": "dent.png", "mimeType": "image/png", "buffer": png(41)}


async def _choose(page: Page, name: str, option: str) -> None:
    await page.get_by_role("combobox", name=name).click()
    await page.get_by_role("option", name=option).click()


def _dialog(page: Page) -> Locator:
    # What was done is told in a dialog of its own kind, which may still stand there.
    return page.locator('[role="dialog"]:not([data-toast])')


def _provider(suite: Suite) -> httpx.AsyncClient:
    """The suite's escrow provider, by the door through which people act there."""
    folder = str(suite.data / "payments-sandbox")
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_text().split("\0")
        except OSError:
            continue  # ended meanwhile
        if folder in words and "--port" in words:
            port = words[words.index("--port") + 1]
            key = (suite.data / "secrets" / "payments").read_text().strip()
            headers = {"authorization": f"Bearer {key}"}
            return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers)
    raise AssertionError("the provider does not run")


async def _delivered(visitors: Visitors, staff: Staff, email: str) -> dict[str, Any]:
    now = datetime.fromisoformat((await staff.organiser.get("/clock"))["now"])
    campaign = await prepare(staff, "claimed", UNITS, now)
    member = Member("nell", email, "", UNITS, UNITS * PRICE, "pm_ok", withdraws=False)
    await take_part(visitors.suite.base_url, "demo", member, campaign)
    await until_decided(staff.organiser, campaign["id"], seconds=60)
    await staff.organiser.post("/clock/advance", {"seconds": DAYS_OPEN * DAY + 60})
    await until(staff.organiser, campaign["id"], "awaiting_supplier", seconds=60)
    await deliver(staff, campaign["id"], seconds=60)
    return campaign


async def _report_with_a_file(member: Person, campaign: dict[str, Any], email: str) -> None:
    page = member.page
    await member.sign_in_by_mail(email)
    await page.goto("/commitments")
    await page.get_by_role("link", name=campaign["title"]).first.click()
    await member.press("Report an issue")
    dialog = _dialog(page)
    await _choose(page, "What it concerns", "It is damaged")
    await dialog.get_by_label("What happened").fill("One bottle has a dent.")
    file = dialog.get_by_label("A picture or a PDF of it")
    await file.set_input_files(DENT)  # type: ignore[arg-type]
    await member.look("issue-with-file")
    await dialog.get_by_role("button", name="Report", exact=True).click()
    await expect(dialog).to_be_hidden()


async def _decide(first: Person, campaign: dict[str, Any]) -> None:
    page = first.page
    await page.goto(f"/campaigns/{campaign['id']}?tab=issues")
    async with page.expect_download() as download:
        await first.press("dent.png")
    assert (await download.value).suggested_filename == "dent.png"
    await first.look("issue-evidence")
    await first.press("Decide")
    dialog = _dialog(page)
    await _choose(page, "Decision", "Release it with the others")
    await dialog.get_by_label("What was found").fill("It holds water; the member keeps it.")
    await dialog.get_by_role("button", name="Release").click()
    await expect(page.get_by_role("article").get_by_text("Released")).to_be_visible()


async def _lose_a_dispute(visitors: Visitors, staff: Staff, campaign: dict[str, Any]) -> None:
    path = f"/campaigns/{campaign['id']}/commitments"
    [commitment] = (await staff.organiser.get(path))["items"]
    query = f"kind=capture&target_id={commitment['id']}"
    [capture] = (await staff.organiser.get(f"/payments/instructions?{query}"))["items"]
    async with _provider(visitors.suite) as provider:
        path = f"/control/authorisations/{capture['provider_reference']}/dispute"
        opened = await provider.post(path, json={})
        assert opened.status_code == 201, opened.text
        lost = await provider.post(f"/control/disputes/{opened.json()['id']}/lost")
        assert lost.status_code == 200, lost.text


async def _claim(first: Person, campaign: dict[str, Any]) -> None:
    page = first.page
    await page.goto("/desk/disputes")
    row = page.get_by_role("row").filter(has_text=campaign["title"]).filter(has_text="Lost")
    await first.again("reload", row)
    await row.click()
    await first.press("Claim it from the supplier")
    dialog = _dialog(page)
    await dialog.get_by_label("Reason").fill("Agreed in the framework contract.")
    await first.look("claim-dialog")
    await dialog.get_by_role("button", name="Claim €49.98").click()
    await first.sees("is claimed from the supplier")


async def _pay_back(supplier: Person) -> None:
    page = supplier.page
    await supplier.sign_in_by_mail(SUPPLIER)
    await page.goto("/supplier")
    await supplier.sees("What you owe back")
    await supplier.press("Pay back")
    dialog = _dialog(page)
    await dialog.get_by_label("Amount in EUR").fill("60")
    await supplier.sees("Enter an amount up to €49.98")
    await dialog.get_by_label("Amount in EUR").fill("20")
    await supplier.sees("€29.98")
    await supplier.look("pay-back-dialog")
    await dialog.get_by_role("button", name="Pay back €20.00").click()
    await supplier.sees("The provider was told to take €20.00")
    await supplier.again("reload", page.get_by_text("Paid so far: €20.00"))
    await supplier.press("Pay back")
    await dialog.get_by_role("button", name="Pay back €29.98").click()
    await supplier.again("reload", page.get_by_text("Paid back", exact=True))
    await supplier.look("supply-paid-back")


@pytest.mark.timeout(300)
async def test_evidence_of_a_member_and_a_claim_that_is_paid(
    visitors: Visitors, staff: Staff
) -> None:
    email = f"nell-{datetime.now().astimezone():%H%M%S}@example.com"
    first, member, supplier = (
        await visitors.organiser(), await visitors.arrive(), await visitors.arrive(),
    )  # fmt: skip
    await _let_settle(staff, REVIEWER)
    campaign = await _delivered(visitors, staff, email)
    await _report_with_a_file(member, campaign, email)
    await _decide(first, campaign)
    await staff.organiser.post("/clock/advance", {"seconds": INSPECTION_DAYS * DAY + 60})
    await approve_release(staff, campaign["id"], seconds=60)
    await until(staff.organiser, campaign["id"], "completed", seconds=60)
    await _lose_a_dispute(visitors, staff, campaign)
    await _claim(first, campaign)
    await _pay_back(supplier)
    await first.page.goto("/desk/disputes")
    await first.sees("What suppliers owe back", "Paid back")


async def test_a_proposal_is_accepted_into_the_draft(visitors: Visitors, staff: Staff) -> None:
    first, supplier = await visitors.organiser(), await visitors.arrive()
    me = await staff.supplier.get("/auth/me")
    body = {
        "title": "Oak stools, together", "product": {"name": "Oak stool"}, "goal_units": 20,
        "currency": "EUR", "unit_price_minor": 8_900, "supplier_id": me["user"]["id"],
    }  # fmt: skip
    campaign = await staff.organiser.post("/campaigns", body)
    page = first.page
    await page.goto(f"/campaigns/{campaign['id']}")
    await first.press("Ask for a proposal")
    await first.sees("Asked for")
    await supplier.sign_in_by_mail(SUPPLIER)
    await supplier.page.goto("/supplier")
    card = supplier.page.get_by_role("article").filter(has_text="Oak stools, together")
    await card.get_by_role("button", name="Propose your terms").click()
    dialog = _dialog(supplier.page)
    now = datetime.fromisoformat((await staff.organiser.get("/clock"))["now"])
    until_then = (now + timedelta(days=5)).strftime("%Y-%m-%dT12:00")
    await dialog.get_by_label("Price a unit, EUR").fill("61")
    await dialog.get_by_label("At most units").fill("30")
    await dialog.get_by_label("Stands until").fill(until_then)
    await supplier.look("proposal-dialog")
    await dialog.get_by_role("button", name="Propose", exact=True).click()
    await expect(card.get_by_text("Proposed", exact=True)).to_be_visible()
    accept = page.get_by_role("button", name="Accept into the draft")
    await first.again("reload", accept)
    await first.look("proposal-to-decide")
    await accept.click()
    await first.sees("Accepted: its price and its most units are in the draft")
    found = await staff.organiser.get(f"/campaigns/{campaign['id']}")
    assert (found["supplier_unit_price_minor"], found["cap_units"]) == (6_100, 30)
