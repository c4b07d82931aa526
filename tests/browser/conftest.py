"""One running suite and one Chromium for all journeys; every person has a browser of their own."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from first_campaign import Staff
from first_campaign_client import Person as Caller
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from bench._running import free_port, start, stop
from metatron.kernel.process.embedded_postgres import SUPERUSER, EmbeddedPostgres
from metatron.platform.identity.quick_link import quick_sign_in_link
from metatron.welcome import FIRST_OPERATOR
from tests.browser.complaints import complaints
from tests.browser.looks import WIDE
from tests.browser.people import FINANCE, ORGANISER, REVIEWER, SUPPLIER, Person, Suite
from tests.support.turnstile import Turnstile

CHROMIUM = "/usr/bin/chromium"
PATIENCE_MS = 20_000
"""What is to be seen or done is waited for so long; how fast it is, `test_budgets` measures."""
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
expect.set_options(timeout=PATIENCE_MS)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give all journeys to one worker: they share a suite."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell beside a journey that failed what the suite complained of."""
    report = yield
    suite = getattr(item, "funcargs", {}).get("suite")
    if report.failed and isinstance(suite, Suite):
        report.sections.append(
            ("what the suite logged", "\n".join(complaints(suite.data / "logs")))
        )
    return report


@pytest.fixture(scope="session")
def suite() -> Iterator[Suite]:
    """The suite as `bin/up` starts it, on a fresh data folder."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="metatron-browser-") as folder:
        process, token, _ = start(Path(folder), port)
        with process:
            try:
                database_url = EmbeddedPostgres(Path(folder)).dsn("metatron_app")
                yield Suite(f"http://localhost:{port}", token, database_url, Path(folder))
            finally:
                stop(process)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium without a window."""
    async with launched() as running:
        yield running


@asynccontextmanager
async def launched(*more: str) -> AsyncIterator[Browser]:
    """Run Chromium, with `more` arguments."""
    async with async_playwright() as playwright:
        arguments = [*ARGUMENTS, *more]
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield running
        await running.close()


@pytest.fixture(scope="session")
async def staff(suite: Suite) -> AsyncIterator[Staff]:
    """The demo's people at the API, for what a journey finds already done."""
    async with at_the_api(suite) as people:
        yield people


@asynccontextmanager
async def at_the_api(suite: Suite) -> AsyncIterator[Staff]:
    """Sign the demo's people in."""
    emails = (ORGANISER, REVIEWER, FINANCE, SUPPLIER)
    people = [Caller(suite.base_url, email) for email in emails]
    for person in people:
        await person.sign_in("demo")
    # Strangers look through the organisation's public list.
    await people[1].patch("/campaign-settings", {"public_discovery": True})
    yield Staff(*people)
    for person in people:
        await person.close()


@pytest.fixture(scope="session")
async def desk(suite: Suite, browser: Browser) -> AsyncIterator[BrowserContext]:
    """The organiser's browser, signed in all day by the printed link; its clock can be advanced."""
    context = await profile(suite, browser)
    page = await context.new_page()
    await page.clock.install()
    await page.goto(f"/sign-in/link#token={suite.link_token}")
    await Person(page).is_in()
    await page.close()
    yield context
    await context.close()


@pytest.fixture(autouse=True)
async def time_between(suite: Suite) -> None:
    """Forget who signed in how often: between real visits lie more than fifteen minutes."""
    connection = await asyncpg.connect(EmbeddedPostgres(suite.data).dsn(SUPERUSER))
    await connection.execute("truncate identity.throttle")
    await connection.close()


@pytest.fixture
async def visitors(
    suite: Suite, browser: Browser, desk: BrowserContext
) -> AsyncIterator["Visitors"]:
    """Whoever takes part in a journey; errors in their consoles fail it."""
    arrived = Visitors(suite, browser, desk)
    yield arrived
    await arrived.leave()


async def profile(suite: Suite, browser: Browser) -> BrowserContext:
    """Return a browser profile that has never been here."""
    context = await browser.new_context(
        base_url=suite.base_url,
        # Only a suite behind the shipped proxy has a certificate: one of its own making.
        ignore_https_errors=suite.base_url.startswith("https:"),
        locale="en-GB",
        timezone_id="Europe/Berlin",
        color_scheme="light",
        reduced_motion="reduce",
        viewport=WIDE,
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


class Visitors:
    """The people of one journey."""

    def __init__(self, suite: Suite, browser: Browser, desk: BrowserContext) -> None:
        self.suite = suite
        self.browser = browser
        self.desk = desk
        self.people: list[Person] = []

    async def arrive(self) -> Person:
        """Let somebody in who has never been here."""
        context = await profile(self.suite, self.browser)
        return self._join(Person(await context.new_page()))

    async def organiser(self) -> Person:
        """Open another tab of the organiser's signed-in browser."""
        return self._join(Person(await self.desk.new_page()))

    async def first_operator(self) -> Person:
        """Sign the installation's first operator in, as `metatron operator link` lets one."""
        person = await self.arrive()
        link = await quick_sign_in_link(
            self.suite.database_url, email_key=FIRST_OPERATOR, public_url=self.suite.base_url
        )
        assert link is not None
        await person.page.goto(link)
        await person.is_in()
        return person

    async def pause(self, milliseconds: int) -> None:
        """Let the suite work for a moment."""
        await asyncio.sleep(milliseconds / 1_000)

    def _join(self, person: Person) -> Person:
        self.people.append(person)
        return person

    async def leave(self) -> None:
        """Close what was opened, then hold against the page what was found on the way."""
        for person in self.people:
            at_desk = person.page.context is self.desk
            await (person.page if at_desk else person.page.context).close()
        wrong = [line for person in self.people for line in person.wrong]
        assert not wrong, "\n".join(wrong)


type Alone = Callable[[], AbstractAsyncContextManager[None]]


@pytest.fixture
def alone(turnstile: Turnstile) -> Alone:
    """Gives a measurement the machine to itself; takes until the other workers' tests end."""

    @asynccontextmanager
    async def hold() -> AsyncIterator[None]:
        with ExitStack() as held:
            await asyncio.to_thread(held.enter_context, turnstile.alone())
            yield

    return hold
