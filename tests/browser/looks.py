"""What every page must look like: pictures for people, and what a program can check of them.

A picture is kept in both themes at 1440 and 360 px. axe-core reads the page in light as a whole,
and in dark what the theme changes: the colours. Nothing scrolls sideways at these widths, nor at
those that zooming in leaves of 1440 px: 720 at 200 %, and 320, down to which WCAG asks for it.
"""

from pathlib import Path

from playwright.async_api import Page, ViewportSize, expect

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "artifacts" / "screenshots"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
WIDE = ViewportSize(width=1440, height=900)
NARROW = ViewportSize(width=360, height=740)
ZOOMED = (ViewportSize(width=720, height=450), ViewportSize(width=320, height=256))
_DRAWN = """async () => {
    scrollTo(0, 0);
    await document.fonts.ready;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
_SERIOUS = """async (rules) => {
    const only = rules.length === 0 ? {} : { runOnly: { type: "rule", values: rules } };
    const found = await axe.run(document, { resultTypes: ["violations"], ...only });
    return found.violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, help, nodes }) => [`${id} (${help})`, ...nodes.map((each) => each.html)])
        .map((parts) => parts.join(" | "));
}"""
_BEYOND = """() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll("body *")]
        .filter((each) => each.getBoundingClientRect().right > clientWidth)
        .map((each) => each.outerHTML.slice(0, 160)).slice(0, 5);
}"""


async def look(page: Page, name: str) -> list[str]:
    """Keep four pictures of the page as `name`; return what is wrong with it, in words."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE.read_text())
    await expect(page.get_by_role("status", name="Loading")).to_have_count(0)
    wrong = []
    for theme, rules in (("light", []), ("dark", ["color-contrast"])):
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for size in (NARROW, WIDE):
            await page.set_viewport_size(size)
            await page.evaluate(_DRAWN)
            path = PICTURES / f"{name}-{theme}-{size['width']}.png"
            await page.screenshot(path=path, full_page=size is NARROW)
            wrong += [f"{path.stem} is too wide: {each}" for each in await page.evaluate(_BEYOND)]
        wrong += [f"{name} in {theme}: {each}" for each in await page.evaluate(_SERIOUS, rules)]
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return wrong + await reflow(page, name)


async def reflow(page: Page, name: str) -> list[str]:
    """Return, in words, what scrolls sideways when one zooms in; leaves the page at its width."""
    wrong = []
    for size in ZOOMED:
        await page.set_viewport_size(size)
        await page.evaluate(_DRAWN)
        beyond = await page.evaluate(_BEYOND)
        wrong += [f"{name} at {size['width']} px is too wide: {each}" for each in beyond]
    await page.set_viewport_size(WIDE)
    return wrong
