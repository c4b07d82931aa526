"""One set of services behind nginx for all tests here."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import first_campaign_client
import pytest
from first_campaign import Staff
from playwright.async_api import Browser, BrowserContext

from tests.browser.conftest import Visitors, at_the_api, launched, profile
from tests.browser.people import Person, Suite
from tests.services.apart import Apart, all_services

MOST_SECONDS = 480
"""More than a test elsewhere has (300): the first of them brings everything up as well. The longest
journey took 177 s with that on a machine with other work."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give all of these to one worker, with time for the first to bring everything up."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("services"))
            item.add_marker(pytest.mark.timeout(MOST_SECONDS))


@pytest.fixture(scope="session")
def apart() -> Iterator[Apart]:
    """Every service as a process of its own, nginx in front, on a fresh data folder."""
    with tempfile.TemporaryDirectory(prefix="metatron-services-") as folder:
        # nginx' workers are another user's when its master is root.
        Path(folder).chmod(0o755)
        with all_services(Path(folder)) as running:
            yield running


@pytest.fixture(scope="session")
def suite(apart: Apart) -> Suite:
    """The same, as the journeys of tests/browser know a suite."""
    first_campaign_client._TRUST.load_verify_locations(cafile=apart.certificate)
    url = apart.postgres.dsn("metatron_app")
    return Suite(apart.base_url, apart.link_token, url, apart.folder)


@pytest.fixture(scope="session")
async def chromium(suite: Suite) -> AsyncIterator[Browser]:
    """A browser that takes the test's own certificate."""
    async with launched("--ignore-certificate-errors") as running:
        yield running


@pytest.fixture(scope="session")
async def staff(suite: Suite) -> AsyncIterator[Staff]:
    """The demo's people at the API."""
    async with at_the_api(suite) as people:
        yield people


@pytest.fixture(scope="session")
async def organisers_browser(suite: Suite, chromium: Browser) -> AsyncIterator[BrowserContext]:
    """Signed in by the link that the seed printed."""
    context = await profile(suite, chromium)
    page = await context.new_page()
    await page.goto(f"/sign-in/link#token={suite.link_token}")
    await Person(page).is_in()
    await page.close()
    yield context
    await context.close()


@pytest.fixture
async def visitors(
    suite: Suite, chromium: Browser, organisers_browser: BrowserContext
) -> AsyncIterator[Visitors]:
    """Whoever takes part in a journey; errors in their consoles fail it."""
    arrived = Visitors(suite, chromium, organisers_browser)
    yield arrived
    await arrived.leave()
