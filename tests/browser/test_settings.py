"""Settings: profile, devices, members with their roles, and API keys."""

import re

from first_campaign import Staff
from playwright.async_api import expect

from tests.browser.conftest import Visitors
from tests.browser.people import ORGANISER, Person

GUEST = "gita.guest@example.com"
UNDO_MS = 8_000
"""How long a removal can be taken back before it is sent."""


async def _let_undo_pass(person: Person) -> None:
    await person.page.clock.fast_forward(UNDO_MS)


async def test_profile_and_devices(visitors: Visitors) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    await page.goto("/settings/profile")
    await organiser.fill(Name="Olive O. Organiser")
    await organiser.press("Save")
    await organiser.sees("Name saved")
    await organiser.look("profile")

    elsewhere = await visitors.arrive()
    await elsewhere.sign_in_by_mail(ORGANISER)
    await page.goto("/settings/devices")
    await expect(page.get_by_text("This one")).to_have_count(1)
    await organiser.look("devices")
    others = page.get_by_role("listitem").filter(has_text="Chrom").filter(has_not_text="This one")
    devices = await others.count()
    await others.first.get_by_role("button", name="End", exact=True).click()
    await expect(others).to_have_count(devices - 1)
    async with page.expect_response("**/api/v1/auth/sessions/*") as ended:
        await _let_undo_pass(organiser)
    assert (await ended.value).status == 204
    elsewhere.may_read_refusal(401)
    await elsewhere.page.get_by_role("link", name="Members").click()
    await expect(elsewhere.page.get_by_role("heading", name="Sign in")).to_be_visible()


async def _find_by_keyboard(owner: Person) -> None:
    """Sort by address, search for the guest, step to the row and look at it."""
    page = owner.page
    await page.get_by_role("columnheader", name="E-mail").get_by_role("button").click()
    await expect(page.get_by_role("columnheader", name="E-mail")).to_have_attribute(
        "aria-sort", "ascending"
    )
    await page.keyboard.press("/")
    await page.keyboard.type("gita.guest")
    await expect(page).to_have_url(re.compile("q=gita.guest"))
    row = page.get_by_role("row").filter(has_text=GUEST)
    await expect(page.get_by_text("1 member", exact=True)).to_be_visible()
    await row.focus()
    await page.keyboard.press(" ")


async def test_members_and_roles(visitors: Visitors) -> None:
    owner, guest = await visitors.organiser(), await visitors.arrive()
    page = owner.page
    await page.goto("/settings/roles")
    await owner.press("New role")
    await owner.fill(Name="Reader of campaigns", What_it_is_for="Looks, and changes nothing")
    await page.get_by_role("checkbox", name="See campaigns").check()
    await owner.look("role-editor")
    await owner.press("Save")
    await owner.sees("Role Reader of campaigns saved")
    await owner.look("roles")

    await page.goto("/settings/members")
    await owner.press("Invite")
    dialog = page.get_by_role("dialog", name="Invite somebody")
    await dialog.get_by_label("E-mail").fill(GUEST)
    await dialog.get_by_role("checkbox", name="auditor").check()
    await owner.look("invite")
    await owner.press("Send invitation")
    await owner.sees(f"{GUEST} is invited")

    await guest.sign_in_by_mail(GUEST)
    await guest.page.goto(f"/mailbox?to={GUEST}")
    mail = guest.page.get_by_role("button", name="Join Demo Collective")
    await guest.again("Look again", mail)
    await mail.click()
    await guest.page.get_by_role("link", name="#token=").click()
    await guest.is_in()
    await expect(
        guest.page.get_by_role("button", name="Organisation: Demo Collective")
    ).to_be_visible()

    await page.reload()
    await owner.look("members")
    await _find_by_keyboard(owner)
    panel = page.get_by_role("complementary", name="Peek: gita.guest")
    await expect(panel).to_contain_text("Auditor")
    await owner.look("member-peek")
    await panel.get_by_role("button", name="Change roles").click()
    await page.get_by_role("checkbox", name="auditor").uncheck()
    await page.get_by_role("checkbox", name="Reader of campaigns").check()
    await owner.press("Save")
    await expect(panel).to_contain_text("Reader of campaigns")
    await page.keyboard.press("Escape")
    await owner.press("Add a filter")
    await page.get_by_role("menuitem", name="Reader of campaigns").click()
    await expect(page.get_by_text("1 member", exact=True)).to_be_visible()
    await guest.page.reload()
    await guest.page.get_by_role("link", name="Campaigns").click()
    await expect(guest.page.get_by_role("heading", name="Campaigns")).to_be_visible()


async def test_an_invitation_is_withdrawn(visitors: Visitors, staff: Staff) -> None:
    email = "otto.outside@example.com"
    roles = (await staff.organiser.get("/roles?limit=100"))["items"]
    auditor = next(role["id"] for role in roles if role["name"] == "auditor")
    await staff.organiser.post("/invitations", {"email": email, "role_ids": [auditor]})
    owner, otto = await visitors.organiser(), await visitors.arrive()
    page = owner.page
    await page.goto("/settings/members")
    row = page.get_by_role("listitem").filter(has_text=email)
    await row.get_by_role("button", name="Withdraw").click()
    await owner.sees(f"Invitation of {email} withdrawn")
    await expect(row).to_have_count(0)
    async with page.expect_response("**/api/v1/invitations/*") as withdrawn:
        await _let_undo_pass(owner)
    assert (await withdrawn.value).status == 204

    await otto.sign_in_by_mail(email)
    await otto.page.goto(f"/mailbox?to={email}")
    mail = otto.page.get_by_role("button", name="Join Demo Collective")
    await otto.again("Look again", mail)
    await mail.click()
    otto.may_read_refusal(410)
    await otto.page.get_by_role("link", name="#token=").click()
    await otto.sees("This invitation is no longer valid")
    await otto.look("invitation-void")


async def test_an_api_key_is_shown_once_works_and_is_revoked(visitors: Visitors) -> None:
    owner = await visitors.organiser()
    page = owner.page
    await page.goto("/settings/api-keys")
    await owner.sees("No key yet")
    await page.keyboard.press("n")
    await owner.fill(Name="Warehouse")
    await page.get_by_role("checkbox", name="See campaigns").check()
    await owner.look("api-key-dialog")
    await owner.press("Make key")
    shown = page.get_by_role("dialog", name="The key, this once")
    key = (await shown.get_by_text("mtk_").inner_text()).strip()
    await owner.press("I have copied it")
    await owner.sees("Warehouse", "never used")
    await expect(page.get_by_text(key)).to_have_count(0)
    await owner.look("api-keys")

    headers = {"X-API-Key": key}
    answer = await page.request.get("/api/v1/campaigns", headers=headers)
    assert answer.status == 200, await answer.text()
    await page.get_by_role("tab", name="Log").click()
    called = page.get_by_role("row", name="/campaigns")
    await owner.again("Look again", called)
    await owner.look("api-log")
    await called.click()
    await owner.sees("Bytes answered")
    await owner.look("api-log-peek")
    await page.keyboard.press("Escape")
    await page.get_by_role("tab", name="Keys").click()
    await owner.press("Revoke")
    await owner.sees("Key Warehouse revoked")
    async with page.expect_response("**/api/v1/api-keys/*") as revoked:
        await _let_undo_pass(owner)
    assert (await revoked.value).status == 204
    answer = await page.request.get("/api/v1/campaigns", headers=headers)
    assert answer.status == 401, await answer.text()
