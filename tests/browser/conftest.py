"""One running suite and one Chromium for all journeys; every person has a browser of their own."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from bench._running import free_port, start, stop
from tests.browser.people import Person, Suite

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give all journeys to one worker: they share a suite."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def suite() -> Iterator[Suite]:
    """The suite as `bin/up` starts it, on a fresh data folder."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="metatron-browser-") as folder:
        process, token, _ = start(Path(folder), port)
        with process:
            try:
                yield Suite(f"http://localhost:{port}", token)
            finally:
                stop(process)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium without a window."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield running
        await running.close()


@pytest.fixture
async def visitors(suite: Suite, browser: Browser) -> AsyncIterator["Visitors"]:
    """Whoever takes part in a journey; errors in their consoles fail it."""
    arrived = Visitors(suite, browser)
    yield arrived
    await arrived.leave()


class Visitors:
    """The people of one journey."""

    def __init__(self, suite: Suite, browser: Browser) -> None:
        self.suite = suite
        self.browser = browser
        self.people: list[Person] = []

    async def arrive(self) -> Person:
        """Open a browser profile that has never been here."""
        context = await self.browser.new_context(
            base_url=self.suite.base_url,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            color_scheme="light",
            reduced_motion="reduce",
            viewport={"width": 1440, "height": 900},
        )
        context.set_default_timeout(20_000)
        person = Person(await context.new_page())
        self.people.append(person)
        return person

    async def leave(self) -> None:
        """Close every browser profile, then hold against the page what was found on the way."""
        for person in self.people:
            await person.page.context.close()
        wrong = [line for person in self.people for line in person.wrong]
        assert not wrong, "\n".join(wrong)
