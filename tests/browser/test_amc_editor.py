"""The editor of queries: what it marks, offers and mends stands where the query says."""

import re
from typing import Any

from first_campaign import Staff
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Visitors

PARTY = "\N{PARTY POPPER}"
SQL = (
    f"-- {PARTY} of Windows\r\nSELECT '{PARTY}' AS a,\r\n"
    f"  '{PARTY}' AS b, campaign, COUNT(*) AS n, SUM(impresions) AS m, '{PARTY}' AS c\r\n"
    "FROM dsp_impressions\r\nGROUP BY 1, 2, campaign"
)
WRONG, RIGHT = "impresions", "impressions"
_AROUND_WORD = """(editor, word) => {
    const lines = editor.querySelector(".view-lines");
    const walk = document.createTreeWalker(lines, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) {
        const at = node.data.indexOf(word);
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        const { left, right } = range.getBoundingClientRect();
        return { left, right };
    }
    return null;
}"""


async def _written(staff: Staff, page: Page, name: str) -> Locator:
    made = await staff.organiser.post("/amc/workflows", {"name": name, "sql": SQL})
    await page.goto(f"/amc/library/{made['id']}")
    editor = page.locator("[data-editor] .monaco-editor").first
    await expect(editor.locator(".view-line").first).to_be_visible()
    return editor


async def _is_marked(editor: Locator, word: str) -> None:
    mark = editor.locator(".squiggly-error").first
    await expect(mark).to_be_visible()
    box: Any = await mark.bounding_box()
    around: Any = await editor.evaluate(_AROUND_WORD, word)
    assert around is not None
    assert abs(box["x"] - around["left"]) < 2, (box, around)
    assert abs(box["x"] + box["width"] - around["right"]) < 2, (box, around)


async def test_marks_stand_under_their_words_behind_an_emoji(
    visitors: Visitors, staff: Staff
) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    editor = await _written(staff, page, "Written on Windows")
    findings = page.get_by_role("region", name="Findings")
    await expect(findings.get_by_text(WRONG).first).to_be_visible()
    await expect(page.get_by_text("Not saved")).to_have_count(0)
    await _is_marked(editor, WRONG)

    await findings.get_by_role("button", name=re.compile(WRONG)).first.click()
    await page.keyboard.press("Control+.")
    await (
        page.get_by_text(RIGHT, exact=False).and_(page.locator(".action-widget *")).first.wait_for()
    )
    await page.keyboard.press("Enter")
    await expect(findings.get_by_text("AMC would take this query.")).to_be_visible()
    await expect(editor).to_contain_text(f"SUM({RIGHT})")
    await expect(editor).to_contain_text(f"'{PARTY}' AS c")


async def _focus_is_inside(editor: Locator) -> bool:
    return bool(await editor.evaluate("(each) => each.contains(document.activeElement)"))


async def test_the_keyboard_leads_in_and_out_of_the_editor(
    visitors: Visitors, staff: Staff
) -> None:
    organiser = await visitors.organiser()
    page = organiser.page
    editor = await _written(staff, page, "By keyboard")
    field = editor.get_by_role("textbox", name="Query")
    await expect(field).to_have_accessible_description(re.compile("Esc, then Tab leaves it"))
    findings = page.get_by_role("region", name="Findings")
    await expect(findings.get_by_text(WRONG).first).to_be_visible()
    await field.focus()
    await page.keyboard.press("Tab")
    assert await _focus_is_inside(editor), "Tab indents"
    await page.keyboard.press("Control+z")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Tab")
    assert not await _focus_is_inside(editor)
    await page.keyboard.press("Shift+Tab")
    assert await _focus_is_inside(editor)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Shift+Tab")
    assert not await _focus_is_inside(editor)

    await field.focus()
    await page.keyboard.press("Control+Home")
    await page.keyboard.press("F8")
    await expect(page.locator(".marker-widget")).to_contain_text(WRONG)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Tab")
    assert await _focus_is_inside(editor), "that Escape closed something"
    await organiser.look("amc-editor-keyboard")
