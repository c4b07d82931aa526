"""Journeys of the page through the proxy: operators and members, each service behind it."""

import httpx
from first_campaign import Staff

from tests.browser import test_console, test_joining, test_supplying
from tests.browser.conftest import Visitors
from tests.browser.people import Suite


async def test_an_operators_day_through_the_proxy(visitors: Visitors, suite: Suite) -> None:
    """The console is `admin`'s, invitations and impersonation `auth`'s, onboarding the worker's."""
    await test_console.test_an_operators_day(visitors, suite)


async def test_the_installation_is_operated_through_the_proxy(
    visitors: Visitors, suite: Suite
) -> None:
    """Alerts, windows, configuration; the Cube counts what other processes answer."""
    await test_console.test_the_installation_is_operated(visitors, suite)


async def test_a_member_joins_through_the_proxy(visitors: Visitors, staff: Staff) -> None:
    await test_joining.test_a_member_joins_reads_each_move_and_withdraws(visitors, staff)


async def test_a_supplier_delivers_through_the_proxy(visitors: Visitors, staff: Staff) -> None:
    """Jobs move the campaign on in the worker, and the page hears of it through `core`."""
    await test_supplying.test_a_reached_goal_ends_completed(visitors, staff)


async def test_what_the_journeys_meet_is_the_proxy(suite: Suite) -> None:
    async with httpx.AsyncClient(base_url=suite.base_url, verify=False) as stranger:
        answer = await stranger.get("/")
    assert answer.status_code == 200
    assert answer.headers["server"].startswith("nginx")
