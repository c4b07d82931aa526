"""The whole application, and people of it."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from tests.support.people import Door, running


@pytest.fixture(scope="session")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(settings, database) as application:
        yield application


@pytest.fixture
async def door(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[Door]:
    made = Door(app, settings, database)
    yield made
    await made.close()
