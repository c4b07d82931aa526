"""A hundred thousand rows: read page by page from the API, scrolled without a gap."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from playwright.async_api import Page, expect

from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from tests.browser.conftest import Alone, Visitors
from tests.browser.looks import reflow
from tests.browser.people import Suite

ROWS = 100_000
FRAME_MS = 17.5
"""One frame at 60 a second, and what a clock is off by."""
EMAIL = "lena.longlist@example.com"
_SEED = """
insert into campaigns.campaign (tenant_id, id, reference, slug, title, currency,
  supplier_window_days, terms_version, created_at, state, last_transition, last_actor_kind, last_at)
select $1, ($2::uuid[])[n - $4::int + 1], 'K-' || n, 'long-' || n, 'Campaign ' || n, 'EUR', 7, '1',
  $3::timestamptz + make_interval(secs => n), 'draft', 'draft', 'system', $3
from generate_series($4::int, $5::int) n
"""
_TO_THE_END = """async (wanted) => {
    const rows = () => Number(document.querySelector('[role="grid"]').ariaRowCount);
    const last = () => Math.max(...[...document.querySelectorAll("[data-index]")]
        .map((row) => Number(row.dataset.index)));
    const ends = Date.now() + 240_000;
    while (last() < wanted - 1) {
        if (Date.now() > ends) throw new Error(`only ${last()} of ${wanted} rows came (${rows()})`);
        scrollTo(0, document.documentElement.scrollHeight);
        await new Promise((done) => setTimeout(done, 20));
    }
}"""
_SCROLL = """async ([from, frames, step]) => {
    scrollTo(0, from);
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    for (let n = 0; n < 10; n += 1) await frame();
    const times = [];
    let gaps = 0;
    let before = await frame();
    for (let n = 0; n < frames; n += 1) {
        scrollBy(0, step);
        const now = await frame();
        times.push(now - before);
        before = now;
        const there = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
        if (there === null || there.closest("[data-index]") === null) gaps += 1;
    }
    times.sort((a, b) => a - b);
    const at = (share) => times[Math.floor(share * (times.length - 1))];
    return { median: at(0.5), p95: at(0.95), longest: at(1), gaps };
}"""


async def seed(suite: Suite, tenant_id: str) -> None:
    """Write the rows as the table's owner, past the API: only their number matters here."""
    database = EmbeddedPostgres(suite.data)
    connection = await asyncpg.connect(database.dsn("metatron_owner"))
    start = datetime.now(UTC) - timedelta(days=30)
    try:
        for begin in range(0, ROWS, 10_000):
            async with connection.transaction():
                await connection.execute("select set_config('app.tenant_id', $1, true)", tenant_id)
                ids = [new_id() for _ in range(10_000)]
                await connection.execute(_SEED, tenant_id, ids, start, begin + 1, begin + 10_000)
        await connection.execute("analyze campaigns.campaign")
    finally:
        await connection.close()


async def measure(page: Page, start: int, step: int) -> dict[str, Any]:
    """Scroll for 150 frames from a place, `step` pixels each."""
    found: dict[str, Any] = await page.evaluate(_SCROLL, [start, 150, step])
    return found


async def smoothest(page: Page, start: int, step: int, enough: float) -> dict[str, Any]:
    """Measure up to four times: the best run tells the page, the others what ran beside it."""
    best = await measure(page, start, step)
    for _ in range(3):
        if best["median"] <= enough:
            break
        await page.wait_for_timeout(1_000)
        again = await measure(page, start, step)
        best = min(best, again, key=lambda run: float(run["median"]))
    return best


@pytest.mark.timeout(900)
async def test_a_hundred_thousand_rows_scroll_without_a_gap(
    visitors: Visitors, alone: Alone
) -> None:
    lena = await visitors.arrive()
    page = lena.page
    await lena.sign_in_by_mail(EMAIL)
    await page.goto("/organisations/new")
    await lena.fill(Name="Long Lists")
    await lena.press("Create organisation")
    await lena.sees("No campaign yet")
    await page.goto("/settings/organisation")
    tenant = await page.get_by_role("button", name="Copy ").first.get_attribute("title")
    assert tenant is not None
    await seed(visitors.suite, tenant)

    await page.goto("/campaigns")
    await lena.sees("Campaign 100000")
    await page.get_by_role("button", name="10,000+ campaigns").click()
    await lena.sees("100,000 campaigns")
    await page.evaluate(_TO_THE_END, ROWS)
    await expect(page.get_by_role("grid", name="Campaigns")).to_have_attribute(
        "aria-rowcount", str(ROWS)
    )
    await lena.sees("Campaign 1")
    async with alone():
        runs = {
            "wheel": await smoothest(page, 1_000_000, 120, 2 * FRAME_MS),
            "fling": await smoothest(page, 500_000, 2_000, 3 * FRAME_MS),
        }
    print(json.dumps(runs))
    # Anywhere: at the speed of a wheel there is always a row where one looks.
    assert runs["wheel"]["gaps"] == 0, runs
    # Alone on the machine the median is one frame; beside other tests a frame may be left out.
    assert runs["wheel"]["median"] <= 2 * FRAME_MS, runs
    assert runs["fling"]["median"] <= 3 * FRAME_MS, runs
    await page.evaluate("scrollTo(0, 1_700_000)")
    assert await reflow(page, "the middle of a long list") == []
