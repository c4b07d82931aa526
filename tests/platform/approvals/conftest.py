"""The whole application, and an office for tests below the HTTP edge."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from tests.platform.approvals.office import Office
from tests.support.people import Door, running


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture(scope="session")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(settings, database) as application:
        yield application


@pytest.fixture
async def door(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[Door]:
    made = Door(app, settings, database)
    yield made
    await made.close()
