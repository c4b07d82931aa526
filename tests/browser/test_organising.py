"""From a bare title to a published campaign: what is missing, review, the public page."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from first_campaign import Staff
from playwright.async_api import expect

from tests.browser.conftest import Visitors
from tests.browser.people import REVIEWER
from tests.platform.files.contents import png

PICTURE = {"name": "blanket.png", "mimeType": "image/png", "buffer": png(90)}
WIDTH = "() => document.querySelector('article img').naturalWidth"
SHOWN = "() => document.querySelector('article img')?.naturalWidth > 0"
TITLE = "Wool blankets, together"
FIELDS = {
    "Summary": "One weave, two metres, one delivery before winter.",
    "Product": "Wool blanket 140 x 200 cm",
    "Product code (SKU)": "BLK-140",
    "Specification": "Pure new wool, undyed, woven in one mill.",
    "Unit price": "64.50",
    "Goal in units": "40",
    "Most units a member": "5",
    "Supplier\u2019s name on the page": "Northern Mill",
    "Supplier\u2019s unit price": "49.00",
}
ORDER = """() => {
    const before = (one, other) =>
        (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    const saying = (kind, text) =>
        [...document.querySelectorAll(kind)].find((each) => each.innerText.includes(text));
    const rules = saying("h2", "The rules");
    const picture = document.querySelector("article img");
    const button = saying("a", "Join this campaign");
    return before(rules, picture) && before(picture, button);
}"""


async def test_a_draft_becomes_a_public_campaign(visitors: Visitors, staff: Staff) -> None:
    organiser = await visitors.organiser()
    reviewer, stranger = await visitors.arrive(), await visitors.arrive()
    page = organiser.page
    await page.goto("/campaigns/new")
    await organiser.fill(Title=TITLE)
    await organiser.press("Save")
    await expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    await organiser.sees(
        "things are missing before this can be published", "Choose the main picture."
    )
    await organiser.look("draft-missing")
    await expect(page.get_by_role("button", name="Submit for review")).to_be_disabled()

    await organiser.press("Fill them in")
    await organiser.fill(**FIELDS)
    upload = page.get_by_label("Picture to upload")
    await upload.set_input_files(PICTURE)  # type: ignore[arg-type]
    await expect(page.get_by_label("Main picture")).to_have_value("blanket.png")
    now = datetime.fromisoformat((await staff.organiser.get("/clock"))["now"])
    deadline = (now + timedelta(days=9)).astimezone(ZoneInfo("Europe/Berlin"))
    await organiser.fill(Deadline=deadline.strftime("%Y-%m-%dT18:00"))
    await page.get_by_label("Supplier", exact=True).fill("suri")
    await page.get_by_role("option", name="Suri Supplier").click()
    await organiser.look("campaign-form")
    await organiser.press("Save")
    await expect(page.get_by_text("missing before this can be published")).to_be_hidden()
    await organiser.press("Submit for review")
    await organiser.sees("In review", "Waits for a second person", "Rosa Reviewer")
    address = page.url

    await reviewer.sign_in_by_mail(REVIEWER)
    await reviewer.page.goto(address)
    await reviewer.press("State your view")
    await reviewer.fill(Reason="The supplier has delivered to us before.")
    await reviewer.look("review-dialog")
    await reviewer.press("State it")
    await reviewer.sees("Accepted", "The supplier has delivered to us before.")
    await reviewer.look("campaign-in-review")
    await reviewer.press("Approve")
    await reviewer.sees("Live")
    await page.reload()
    public = page.get_by_role("link", name="Public page")
    await expect(public).to_have_attribute("href", re.compile(r"/o/demo/campaigns/wool-blankets"))
    await organiser.look("record-live")

    await stranger.page.goto("/o/demo/campaigns")
    await expect(stranger.page).to_have_url(re.compile("/o/demo$"))
    await stranger.look("public-list")
    await stranger.page.get_by_role("link", name=TITLE).click()
    await expect(stranger.page.get_by_role("heading", name=TITLE)).to_be_visible()
    await stranger.sees("The rules", "Shown after signing in", f"{deadline:%a} {deadline.day}")
    await expect(stranger.page.get_by_role("timer")).to_have_count(0)
    assert await stranger.page.evaluate(ORDER), "rules come before the picture and the button"
    await stranger.page.wait_for_function(SHOWN)
    assert await stranger.page.evaluate(WIDTH) == 1, "the uploaded picture is shown"
    said = await stranger.page.locator("article").inner_text()
    assert not any(word in said.lower() for word in ("days left", "hours left", "hurry", "buy"))
    await stranger.look("public-campaign")
