"""Organisations with a collected board, signed in through the real API."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from tests.apps.amc.house import House, house_of
from tests.support.people import Door, running


@pytest.fixture(scope="module")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(settings, database) as application:
        yield application


@pytest.fixture
async def house(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[House]:
    door = Door(app, settings, database)
    yield await house_of(door)
    await door.close()
