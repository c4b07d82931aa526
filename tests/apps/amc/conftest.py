"""Made-up data and a way to run AMC SQL over it in this process."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from metatron.apps.amc.language.checking import Checking, Window
from metatron.apps.amc.sandbox.generation import ensure
from metatron.apps.amc.sandbox.planning import plan
from metatron.apps.amc.sandbox.presets import Preset
from metatron.apps.amc.sandbox.thresholds import Privacy

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
    ) -> Rows:
        given = values or {}
        types = declared or dict.fromkeys(given, "STRING")
        planned = plan(text, Checking(types, given, window, NOW), privacy, self.folder)
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


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Local]:
    home = tmp_path_factory.mktemp("amc")
    return lambda seed: Local(ensure(Preset("100k", seed), home))


@pytest.fixture(scope="session")
def local(made: Callable[[int], Local]) -> Local:
    return made(1)


@pytest.fixture(scope="session", params=[1, 2, 77])
def seeded(request: pytest.FixtureRequest, made: Callable[[int], Local]) -> Local:
    return made(request.param)
