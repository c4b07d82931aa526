"""Made-up data and a way to run AMC SQL over it in this process."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import httpx
import pytest

from metatron.apps.amc.language.checking import Checking, Window
from metatron.apps.amc.sandbox.generation import ensure
from metatron.apps.amc.sandbox.planning import plan
from metatron.apps.amc.sandbox.presets import Preset
from metatron.apps.amc.sandbox.thresholds import Privacy
from metatron.kernel.database.database import Database
from metatron.kernel.process.embedded_postgres import SUPERUSER, EmbeddedPostgres
from metatron.kernel.settings import Settings
from tests.apps.amc import log_scan, row_scan

NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
EVERYTHING = Window(
    dt.datetime.fromisoformat("2026-08-01"), dt.datetime.fromisoformat("2026-11-02")
)
UNFILTERED = Privacy(enforced=False)

Rows = list[tuple[Any, ...]]
Ask = Callable[..., Rows]


class Local:
    """A population: asked in AMC SQL, or for its truths in DuckDB's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ask(
        self,
        text: str,
        values: dict[str, Any] | None = None,
        *,
        declared: dict[str, str] | None = None,
        privacy: Privacy = UNFILTERED,
        window: Window = EVERYTHING,
        controls: bool = True,
    ) -> Rows:
        given = values or {}
        types = declared or dict.fromkeys(given, "STRING")
        against = Checking(types, given, window, NOW, controls=controls)
        planned = plan(text, against, privacy, self.folder)
        with duckdb.connect(config={"threads": 2}) as connection:
            for view in planned.views:
                connection.execute(view)
            return connection.execute(planned.statement, planned.values).fetchall()

    def truth(self, text: str) -> Rows:
        with duckdb.connect(config={"threads": 2}) as connection:
            for kept in self.folder.iterdir():
                if kept.is_dir():
                    connection.execute(
                        f"create view {kept.name} as from read_parquet('{kept}/*.parquet')"
                    )
            return connection.execute(text).fetchall()


POPULATIONS = os.environ.get("METATRON_TEST_AMC", "100k:1,100k:2,100k:77").split(",")
"""What the oracles are held against, `<preset>:<seed>` each. Larger take minutes: 1M:1, 10M:1."""


@pytest.fixture(scope="session")
def amc_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("amc")


@pytest.fixture(scope="session")
def made(amc_home: Path) -> Callable[[int], Local]:
    return lambda seed: Local(ensure(Preset("100k", seed), amc_home))


@pytest.fixture(scope="session")
def local(made: Callable[[int], Local]) -> Local:
    return made(1)


@pytest.fixture(scope="session", params=POPULATIONS)
def seeded(request: pytest.FixtureRequest, amc_home: Path) -> Local:
    preset, _, seed = request.param.partition(":")
    return Local(ensure(Preset(preset, int(seed)), amc_home))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Look through what a test, and processes that share its output, have written."""
    report = yield
    log_scan.note(item.nodeid, (text for _, text in report.sections))
    return report


@pytest.fixture(scope="session")
async def database(database: Database, settings: Settings, server: EmbeddedPostgres) -> Any:
    """The worker's database; at the end no row of any table holds what opens Amazon."""
    yield database
    name = urlsplit(settings.database_owner_url.get_secret_value()).path[1:]
    found = await row_scan.in_whole_database(server.dsn(SUPERUSER, name))
    assert not found, f"secrets in rows: {sorted(found)}"


@pytest.fixture
async def committed_database(
    committed_database: tuple[Settings, Database], server: EmbeddedPostgres
) -> Any:
    """A database of the test's own; nothing that it tells holds what opens Amazon."""
    yield committed_database
    name = urlsplit(committed_database[0].database_owner_url.get_secret_value()).path[1:]
    found = await row_scan.in_rows(server.dsn(SUPERUSER, name), row_scan.TOLD)
    assert not found, f"secrets in rows: {sorted(found)}"


@pytest.fixture(scope="session", autouse=True)
def refusals_are_looked_through() -> Iterator[None]:
    """What any server of these tests refuses with is looked through as the logs are."""
    send = httpx.AsyncClient.send

    async def noting(self: httpx.AsyncClient, *given: Any, **more: Any) -> httpx.Response:
        answer = await send(self, *given, **more)
        if answer.is_error and answer.is_closed:
            place = os.environ.get("PYTEST_CURRENT_TEST", "a fixture")
            log_scan.note(f"{place}, an error", [answer.text])
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.AsyncClient, "send", noting)
        yield


@pytest.fixture(scope="session", autouse=True)
def no_secret_in_any_log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """At the end of the run, when the processes have ended: no log holds what opens Amazon."""
    yield
    found = log_scan.noted() | log_scan.in_files(tmp_path_factory.getbasetemp())
    assert not found, f"secrets in logs: {sorted(found)}"
