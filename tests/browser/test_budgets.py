"""How soon a page stands and how soon it answers: budgets that are felt, in Chromium."""

import json
import math
from typing import Any

import pytest
from first_campaign import Staff
from playwright.async_api import Page

from tests.browser.conftest import Alone, Visitors
from tests.browser.people import ORGANISER, Person

LARGEST_PAINT_MS = 1_000
LOADED_MS = 2_000
INTERACTION_MS = 100
RUNS = 3
MOST_RUNS = 6
"""Of a route that is late: the suite's own workers may be at work beside its first loads."""
TIMEOUT_SECONDS = 900
"""To be alone a measurement first waits for a test of the other workers, which may take minutes."""
ROUTES = (
    "/campaigns", "/settings/members", "/settings/campaigns", "/settings/organisation", "/audit",
    "/commitments", "/approvals",
    "/amc", "/amc/clients", "/amc/library", "/amc/library/schema", "/amc/runs",
    "/amc/runs/schedules", "/amc/runs/collections", "/amc/boards",
)  # fmt: skip
CONSOLE = ("/console", "/console/tenants", "/console/settings")
OPEN_TO_ALL = ("/sign-in", "/register", "/o/demo")
_WATCH = """
window.paints = [];
window.slow = [];
new PerformanceObserver((list) => window.paints.push(...list.getEntries().map((e) => e.startTime)))
    .observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => window.slow.push(...list.getEntries()
    .filter((e) => e.interactionId > 0).map((e) => [e.name, e.duration])))
    .observe({ type: "event", durationThreshold: 16, buffered: true });
"""
_PAINTED = """async () => {
    await document.fonts.ready;
    await new Promise((done) => setTimeout(done, 300));
    const [page] = performance.getEntriesByType("navigation");
    return { largest: Math.max(0, ...window.paints), loaded: page.loadEventEnd };
}"""


async def at_a_real_clock(visitors: Visitors) -> Person:
    """Sign the organiser in elsewhere: their desk's clock is a made one."""
    person = await visitors.arrive()
    await person.sign_in_by_mail(ORGANISER)
    await person.page.add_init_script(_WATCH)
    return person


async def figures(page: Page, route: str) -> dict[str, Any]:
    """Open a route thrice or more; the best run tells the page, the others what ran beside it."""
    best = {"largest": math.inf, "loaded": math.inf}
    for number in range(MOST_RUNS):
        if number >= RUNS and best["largest"] <= LARGEST_PAINT_MS and best["loaded"] <= LOADED_MS:
            break
        await page.goto(route)
        await page.get_by_role("heading", level=1).wait_for()
        run = await page.evaluate(_PAINTED)
        best = {key: min(best[key], run[key]) for key in best}
    return best


@pytest.mark.timeout(TIMEOUT_SECONDS)
async def test_every_route_stands_within_a_second(
    visitors: Visitors, staff: Staff, alone: Alone
) -> None:
    """Lists, records and settings, AMC, the console, and what needs no sign-in."""
    record = (await staff.organiser.get("/campaigns"))["items"][0]
    organiser = await at_a_real_clock(visitors)
    operator, anybody = await visitors.first_operator(), await visitors.arrive()
    for person in (operator, anybody):
        await person.page.add_init_script(_WATCH)
    asked = [(organiser, route) for route in (*ROUTES, f"/campaigns/{record['id']}")]
    asked += [(operator, route) for route in CONSOLE]
    asked += [(anybody, route) for route in (*OPEN_TO_ALL, f"/o/demo/campaigns/{record['slug']}")]
    async with alone():
        measured = {route: await figures(person.page, route) for person, route in asked}
    print(json.dumps(measured))
    for route, found in measured.items():
        assert 0 < found["largest"] <= LARGEST_PAINT_MS, (route, found)
        assert found["loaded"] <= LOADED_MS, (route, found)


async def answered(page: Page, keys: tuple[str, ...]) -> list[tuple[str, float]]:
    """Press the keys; return which events took longer than a frame, and how long."""
    before = await page.evaluate("performance.eventCounts.get('keydown')")
    await page.evaluate("window.slow = []")
    for key in keys:
        await page.keyboard.press(key)
        await page.wait_for_timeout(200)
    # What is answered within 16 ms is not listed, so that the keys arrived is counted apart.
    assert await page.evaluate("performance.eventCounts.get('keydown')") >= before + len(keys)
    slow: list[tuple[str, float]] = await page.evaluate("window.slow")
    return slow


def _slowest(slow: list[tuple[str, float]]) -> float:
    return max((duration for _, duration in slow), default=0.0)


@pytest.mark.timeout(TIMEOUT_SECONDS)
@pytest.mark.parametrize("keys", [("Control+k", "Escape"), ("?", "Escape"), ("j", "j")])
async def test_a_key_is_answered_at_once(
    visitors: Visitors, alone: Alone, keys: tuple[str, ...]
) -> None:
    organiser = await at_a_real_clock(visitors)
    page = organiser.page
    await page.goto("/campaigns")
    await page.get_by_role("heading", name="Campaigns").wait_for()
    # What a key opens is fetched once; from then on it is there.
    for key in keys:
        await page.keyboard.press(key)
        await page.wait_for_timeout(400)
    async with alone():
        slow = min([await answered(page, keys) for _ in range(RUNS)], key=_slowest)
    print(json.dumps(slow))
    assert all(duration <= INTERACTION_MS for _, duration in slow), slow
