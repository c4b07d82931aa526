"""Pages that follow what happens: a record one looks at, a second tab, a tab that is closed."""

import re
from datetime import datetime

from first_campaign import Staff, prepare
from playwright.async_api import expect

from tests.browser.conftest import Visitors

OWN_COLOUR = re.compile(r"--primary: *#5b2a86")


async def test_a_record_follows_its_campaign(visitors: Visitors, staff: Staff) -> None:
    now = datetime.fromisoformat((await staff.organiser.get("/clock"))["now"])
    campaign = await prepare(staff, "followed", 10, now)
    organiser = await visitors.organiser()
    page = organiser.page
    async with page.expect_response("**/api/v1/events/stream") as opened:
        await page.goto(f"/campaigns/{campaign['id']}")
    assert (await opened.value).headers["content-type"].startswith("text/event-stream")
    state = page.locator("main header")
    await expect(state.get_by_text("Live", exact=True)).to_be_visible()
    await staff.reviewer.post(
        f"/campaigns/{campaign['id']}/transitions",
        {"name": "pause", "reason": "A question of the supplier's."},
        keyed=True,
    )
    # Nobody touches the page: it hears of it.
    await expect(state.get_by_text("Paused", exact=True)).to_be_visible()
    await organiser.sees("A question of the supplier's.")


async def test_a_second_tab_follows_to_another_organisation(visitors: Visitors) -> None:
    first = await visitors.arrive()
    await first.sign_in_by_mail("tina.twotabs@example.com")
    for name in ("Tina One", "Tina Two"):
        await first.page.goto("/organisations/new")
        await first.fill(Name=name)
        await first.press("Create organisation")
        await expect(first.page.get_by_role("button", name=f"Organisation: {name}")).to_be_visible()
    second = await first.page.context.new_page()
    await second.goto("/settings/members")
    await expect(second.get_by_role("button", name="Organisation: Tina Two")).to_be_visible()
    await first.press("Organisation: Tina Two")
    await first.page.get_by_role("menuitem", name="Tina One").click()
    await expect(second.get_by_role("button", name="Organisation: Tina One")).to_be_visible()
    await expect(second.get_by_text("You changed over in another tab.")).to_be_visible()


async def test_what_was_deleted_stays_deleted_when_the_tab_is_closed(
    visitors: Visitors, staff: Staff
) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    made = await staff.organiser.post("/roles", {"name": "Passing role", "permissions": []})
    await page.goto("/settings/roles")
    row = page.get_by_role("listitem").filter(has_text="Passing role")
    await row.get_by_role("button", name="Delete").click()
    await expect(row).to_have_count(0)
    await page.close(run_before_unload=False)
    for _ in range(40):
        roles = (await staff.organiser.get("/roles?limit=100"))["items"]
        if made["id"] not in {role["id"] for role in roles}:
            return
        await visitors.pause(250)
    raise AssertionError("the role came back")


async def test_an_invitation_waits_for_a_sign_in(visitors: Visitors, staff: Staff) -> None:
    email = "iris.invited@example.com"
    roles = (await staff.organiser.get("/roles?limit=100"))["items"]
    auditor = next(role["id"] for role in roles if role["name"] == "auditor")
    await staff.organiser.post("/invitations", {"email": email, "role_ids": [auditor]})
    iris = await visitors.arrive()
    page = iris.page
    await page.goto(f"/mailbox?to={email}")
    mail = page.get_by_role("button", name="Join Demo Collective")
    await iris.again("Look again", mail)
    await mail.click()
    await page.get_by_role("link", name="#token=").click()
    await iris.sees("You are invited")
    await iris.look("invited")
    # The first tab keeps the invitation; the sign-in link of the mail opens another one.
    await iris.press("Sign in")
    await iris.fill(**{"E-mail": email})
    await iris.press("E-mail me a sign-in link")
    await iris.sees("Check your mail")
    other = await page.context.new_page()
    for _ in range(80):
        answer = await other.request.get("/api/v1/mailbox", params={"to": email})
        found = [m for m in (await answer.json())["items"] if m["subject"] == "Your sign-in link"]
        if found:
            break
        await visitors.pause(250)
    token = found[0]["text"].partition("#token=")[2].split()[0]
    await other.goto(f"/sign-in/link#token={token}")
    await expect(other.get_by_role("button", name="Organisation: Demo Collective")).to_be_visible()


async def test_the_organisers_desk(visitors: Visitors) -> None:
    """Screens of the day: rules, audit log, own colours, test clock; pictures of each."""
    organiser = await visitors.organiser()
    page = organiser.page
    await page.goto("/settings/campaigns")
    await organiser.sees("Members may commit")
    await organiser.look("campaign-rules")
    await organiser.press("Halt new commitments")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Reason").fill("The provider is away for an hour.")
    await dialog.get_by_role("button", name="Halt new commitments").click()
    await organiser.sees("New commitments are halted", "The provider is away for an hour.")
    await organiser.press("Let members commit again")
    await organiser.sees("Members may commit")

    await page.goto("/audit")
    await organiser.sees("entries sealed", "Settings changed")
    await organiser.look("audit")
    async with page.expect_download() as saved:
        await page.keyboard.press("e")
    text = (await (await saved.value).path()).read_text()
    assert "campaigns.settings_changed.v1" in text

    await page.goto("/settings/organisation")
    await page.get_by_label("Own colour", exact=True).fill("#5b2a86")
    await page.get_by_label("Text on it", exact=True).fill("#ffffff")
    await organiser.press("Use these")
    await organiser.sees("Colours saved")
    painted = page.locator("html")
    await expect(painted).to_have_attribute("style", OWN_COLOUR)
    await organiser.look("own-colours")
    await page.get_by_role("radio", name="Gold").click()
    await expect(painted).not_to_have_attribute("style", OWN_COLOUR)

    await page.keyboard.press("Control+k")
    await page.get_by_placeholder("What would you like to do?").fill("test clock")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Test clock")).to_be_visible()
    await organiser.look("test-clock")
