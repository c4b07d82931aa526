"""The stage of the runs, and a client of its owner's."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from metatron.apps.amc.module import MODULE
from tests.apps.amc.runs.conftest import scripted_amazon, stage
from tests.apps.amc.runs.stage import Stage
from tests.doorkeeper import application, client_of

__all__ = ["scripted_amazon", "stage"]


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    app: Any = application(stage.runtime.settings, stage.database, (MODULE,))
    app.state.gate.known |= {"owner": stage.owner}
    async with client_of(app, "owner") as made:
        made.base_url = httpx.URL("http://testserver/api/v1/amc")
        yield made
