"""What the doctrine keeps off a member's page, measured where it is drawn."""

from datetime import datetime

from first_campaign import Staff, prepare
from playwright.async_api import Page

from tests.browser.conftest import Visitors
from tests.browser.looks import NARROW, WIDE

_SEEN = """() => {
    const probe = document.createElement("i");
    const paint = (name) => {
        probe.style.color = `var(--${name})`;
        document.body.append(probe);
        const seen = getComputedStyle(probe).color;
        probe.remove();
        return seen;
    };
    const [primary, bad, soft] = ["primary", "bad", "bad-soft"].map(paint);
    const main = document.querySelector("main");
    const shown = [...main.querySelectorAll("*")].filter((each) => each.checkVisibility());
    const styled = shown.map((each) => [each, getComputedStyle(each)]);
    const red = styled.filter(([, style]) =>
        [style.color, style.backgroundColor, style.borderTopColor].some((one) =>
            one === bad || one === soft));
    const pictures = shown.filter(({ tagName }) => ["IMG", "VIDEO", "CANVAS"].includes(tagName));
    const rules = shown.find(({ textContent, tagName }) =>
        /^H[23]$/.test(tagName) && /rules/i.test(textContent));
    const top = (each) => each.getBoundingClientRect().top + scrollY;
    const first = styled.find(([each, style]) =>
        style.backgroundColor === primary && /^(A|BUTTON)$/.test(each.tagName))?.[0];
    return {
        paints: new Set([primary, bad, soft]).size,
        primary: styled.filter(([each, style]) =>
            style.backgroundColor === primary && /^(A|BUTTON)$/.test(each.tagName)).length,
        red: red.map(([each]) => each.outerHTML.slice(0, 120)),
        moving: document.getAnimations().map((one) => one.animationName ?? "transition"),
        rules: rules ? top(rules) : -1,
        button: first ? top(first) : -1,
        pictures: pictures.map((one) => {
            const box = one.getBoundingClientRect();
            return { top: top(one), share: box.width * box.height / (innerWidth * innerHeight) };
        }),
    };
}"""


async def _measure(page: Page, *, rules_first: bool) -> None:
    for size in (WIDE, NARROW):
        await page.set_viewport_size(size)
        seen = await page.evaluate(_SEEN)
        assert seen["paints"] == 3, "the tokens are known by name"
        assert seen["primary"] <= 1, page.url
        assert seen["red"] == [], page.url
        assert seen["moving"] == [], page.url
        if not rules_first:
            continue
        assert seen["rules"] > 0, "a heading names the rules"
        assert seen["button"] > seen["rules"]
        for picture in seen["pictures"]:
            assert picture["top"] > seen["rules"]
            assert picture["share"] < 0.4, "a picture that leads"
    await page.set_viewport_size(WIDE)


async def test_rules_come_first_and_nothing_presses(visitors: Visitors, staff: Staff) -> None:
    now = datetime.fromisoformat((await staff.organiser.get("/clock"))["now"])
    campaign = await prepare(staff, "calm", 40, now)
    member = await visitors.arrive()
    page = member.page
    await member.sign_in_by_mail("calm.member@example.com")
    for path, said, rules_first in (
        ("/o/demo", campaign["title"], False),
        (f"/o/demo/campaigns/{campaign['slug']}", "€24.99", True),
        (f"/o/demo/campaigns/{campaign['slug']}/join", "How many units", False),
    ):
        await page.goto(path)
        await member.sees(said)
        await _measure(page, rules_first=rules_first)
