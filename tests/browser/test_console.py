"""The operators' console: an operator comes, sets a tenant up, suspends it, acts for its owner."""

import re

from playwright.async_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.people import Person, Suite

OPERATOR = "olga.operator@example.com"
OWNER = "mira.owner@example.com"
TENANT = "Kiln and Loom"
REASON = "Ticket 4711: the list shows a wrong total"
DASHBOARD = re.compile(r"^Dashboard( |$)")
"""The operators' own, with its key behind it; AMC has dashboards."""


async def _invited(visitors: Visitors, first: Person) -> Person:
    page = first.page
    await page.goto("/console/operators")
    await first.press("Invite")
    dialog = page.get_by_role("dialog", name="Invite an operator")
    await dialog.get_by_label("E-mail").fill(OPERATOR)
    await dialog.get_by_label("Name").fill("Olga")
    await dialog.get_by_role("button", name="Add this right").click()
    await first.look("console-operator-invite")
    await dialog.get_by_role("button", name="Send the link").click()
    await first.sees(f"{OPERATOR} is invited")
    await first.look("console-operators")

    operator = await visitors.arrive()
    await operator.sign_in_by_mail(OPERATOR)
    await expect(operator.page.get_by_role("link", name=DASHBOARD)).to_have_count(0)
    await operator.page.goto(f"/mailbox?to={OPERATOR}")
    mail = operator.page.get_by_role("button", name="Your operator access")
    await operator.again("Look again", mail)
    await mail.click()
    await operator.page.get_by_role("link", name="/operators/accept#token=").click()
    await expect(operator.page.get_by_role("heading", name="Become an operator")).to_be_visible()
    await operator.look("console-accept")
    await operator.press("Accept")
    await expect(operator.page.get_by_role("heading", name="Dashboard")).to_be_visible()
    return operator


async def _onboard(operator: Person) -> None:
    page = operator.page
    await page.goto("/console/tenants")
    await operator.press("Set up a tenant")
    await expect(page.get_by_role("heading", name="Set up a tenant")).to_be_visible()
    await operator.fill(Name=TENANT, Their_name="Mira Owner", **{"E-mail": OWNER})
    await operator.look("console-onboard")
    await operator.press("Set it up")
    await expect(page.get_by_text("8 of 8 steps are done.")).to_be_visible()
    await operator.press("Show the first key")
    await expect(page.get_by_role("dialog").get_by_text(re.compile("^mtk_"))).to_be_visible()
    await operator.press("I have copied it")
    await expect(page.get_by_role("button", name="Show the first key")).to_have_count(0)
    await operator.look("console-onboarding")
    await operator.press("To the tenant")
    await expect(page.get_by_role("heading", name=TENANT)).to_be_visible()


async def _maintain(operator: Person) -> None:
    page = operator.page
    await page.get_by_role("button", name="Maintenance", exact=True).click()
    dialog = page.get_by_role("dialog", name=f"Maintenance of {TENANT}")
    await dialog.get_by_role("textbox", name="What is done").fill("A larger disk, until ten.")
    await operator.look("console-maintenance")
    await dialog.get_by_role("button", name="Begin").click()
    await operator.sees(f"{TENANT} is under maintenance", "A larger disk, until ten.")
    await operator.look("console-tenant-maintained")
    await operator.press("End maintenance")
    await operator.sees(f"{TENANT} is open again")


async def _suspend_and_activate(operator: Person) -> None:
    page = operator.page
    await operator.press("Suspend")
    dialog = page.get_by_role("dialog", name=f"Suspend {TENANT}")
    await dialog.get_by_role("textbox", name="Reason").fill("The contract has ended.")
    await dialog.get_by_role("button", name="Suspend").click()
    await operator.sees(f"{TENANT} is suspended")
    await operator.look("console-tenant-suspended")
    await operator.press("Activate")
    await operator.sees(f"{TENANT} is active")
    await expect(page.get_by_role("button", name="Suspend")).to_be_visible()
    await page.get_by_role("tab", name="Modules").click()
    await operator.press("Switch off Campaigns")
    await operator.sees("Campaigns is off")
    await operator.press("Switch on Campaigns")
    await operator.sees("Campaigns is on")
    await operator.look("console-modules")


async def _impersonate(operator: Person) -> None:
    page = operator.page
    await page.get_by_role("tab", name="Members").click()
    await operator.press("Act as Mira Owner")
    await operator.fill(Reason=REASON)
    await operator.look("console-impersonate")
    await operator.press("Begin for 30 minutes")
    banner = page.get_by_role("status").filter(has_text=f"{OPERATOR} acts as {OWNER}")
    await expect(banner).to_contain_text(REASON)
    await expect(page.get_by_role("button", name=f"Organisation: {TENANT}")).to_be_visible()
    await expect(page.get_by_role("link", name=DASHBOARD)).to_have_count(0)
    await operator.look("console-acting")
    await operator.press("End it")
    await expect(banner).to_have_count(0)
    await expect(page.get_by_role("link", name=DASHBOARD)).to_be_visible()


async def test_an_operators_day(visitors: Visitors, suite: Suite) -> None:
    first = await visitors.first_operator()
    operator = await _invited(visitors, first)
    await _onboard(operator)
    await _maintain(operator)
    await _suspend_and_activate(operator)
    # An owner who has not shown yet that the address is theirs cannot be acted for.
    owner = await visitors.arrive()
    await owner.sign_in_by_mail(OWNER)
    await _impersonate(operator)


async def _quiet(page: Page) -> None:
    await page.wait_for_load_state("networkidle")


async def test_every_screen(visitors: Visitors, suite: Suite) -> None:
    operator = await visitors.first_operator()
    page = operator.page
    await page.goto("/console")
    await expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    await operator.sees("Live", "Alerts are raised by", "What is checked")
    await operator.look("console-dashboard")
    for place, heading in (
        ("accounts", "Client accounts"),
        ("tenants", "Tenants"),
        ("onboarding", "Onboarding"),
        ("users?email=demo", "People"),
        ("roles", "Roles overview"),
        ("audit", "Audit log"),
        ("jobs", "Jobs"),
        ("personal-data", "Personal data"),
        ("settings", "Configuration"),
        ("services", "Services"),
        ("database", "Database"),
        ("alerts", "Alerts"),
        ("deprecations", "Deprecations"),
        ("security", "Sign-in security"),
        ("analytics", "Analytics"),
    ):
        await page.goto(f"/console/{place}")
        await expect(page.get_by_role("heading", name=heading, exact=True, level=1)).to_be_visible()
        await _quiet(page)
        await operator.look(f"console-{place.partition('?')[0]}")
    await page.goto("/console/audit")
    await operator.press("Check the chain")
    await operator.sees("intact")
    await page.goto("/console/users?email=organiser@demo")
    await operator.press("Devices of Olive")
    await expect(page.get_by_role("button", name=re.compile("^Sign out ")).first).to_be_visible()
    await operator.look("console-devices")


async def test_the_installation_is_operated(visitors: Visitors, suite: Suite) -> None:
    operator = await visitors.first_operator()
    page = operator.page
    await page.goto("/console")
    cube = page.get_by_role("table", name="Calls of the last minute")
    await expect(cube.get_by_role("row", name=re.compile("CRM"))).to_contain_text("no data")
    # What this very page asks for is counted, and seen ten seconds later.
    core = cube.get_by_role("row", name=re.compile("^Core"))
    await expect(core).not_to_contain_text(re.compile(r"Core (no data|0/s)"), timeout=30_000)
    await cube.get_by_role("button", name="Core").press("Enter")
    await expect(cube.get_by_role("rowheader", name="to Console")).to_be_visible(timeout=30_000)
    await operator.look("console-cube")

    await page.goto("/console/alerts")
    await operator.press("Plan a window")
    dialog = page.get_by_role("dialog", name="Plan a window of maintenance")
    await dialog.get_by_label("What is done").fill("A new disk")
    await operator.look("console-window")
    await dialog.get_by_role("button", name="Plan it").click()
    await operator.sees("A new disk is planned")
    await page.get_by_role("button", name=re.compile("(End|Call off) A new disk")).click()
    await expect(page.get_by_role("button", name=re.compile("A new disk"))).to_have_count(0)

    await page.goto("/console/settings")
    await page.get_by_label("Largest request").fill("2000000")
    await operator.press("Review changes")
    review = page.get_by_role("dialog", name="What changes")
    await expect(review.get_by_text("2,000,000 bytes")).to_be_visible()
    await review.get_by_label("Why").fill("Large imports")
    await operator.look("console-difference")
    await review.get_by_role("button", name="Save").click()
    await operator.sees("The configuration is saved")
    await expect(page.get_by_text(re.compile("Large imports"))).to_be_visible()
    await operator.look("console-configuration")


async def test_strangers_find_nothing(visitors: Visitors) -> None:
    organiser = await visitors.organiser()
    await organiser.page.goto("/console/tenants")
    await expect(organiser.page.get_by_role("heading", name="You may not see this")).to_be_visible()
    await expect(organiser.page.get_by_role("link", name=DASHBOARD)).to_have_count(0)
    await organiser.look("console-hidden")
