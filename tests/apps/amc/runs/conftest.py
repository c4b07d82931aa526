"""A scripted local AMC as a process of its own, and organisations connected to it."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from metatron.apps.amc.connections import site as connection_site
from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.interface import prepare
from metatron.platform.tenancy.site import prepare_site
from metatron.processes import all_modules
from tests.apps.amc.runs.stage import (
    FAST,
    Stage,
    a_member,
    organisation,
    prepared,
    set_tempo,
    wait_for,
)
from tests.support.amazon import BACK, SECRET, SOURCE, LocalAmc, free_port


@pytest.fixture(scope="session")
def scripted_amazon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAmc]:
    folder, port = tmp_path_factory.mktemp("scripted-amc"), free_port()
    command = [
        sys.executable, "-m", "tests.apps.amc.runs.scripted_twin", str(port), str(folder), SECRET,
        BACK,
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": f"{SOURCE}{os.pathsep}{Path.cwd()}"}
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url)
        yield LocalAmc(url, folder)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


@pytest.fixture
async def stage(
    settings: Settings, database: Database, scripted_amazon: LocalAmc
) -> AsyncIterator[Stage]:
    prepare_site(settings)
    prepare(all_modules())
    owner = await a_member(database)
    with prepared(settings, database, scripted_amazon.url, SECRET) as runtime:
        async with organisation(database, runtime, scripted_amazon, owner) as made:
            await made.alone()
            yield made
            scripted_amazon.chaos()
        set_tempo(FAST)
        await connection_site.site().http.aclose()
