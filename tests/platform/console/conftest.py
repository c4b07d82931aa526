"""One application per run with an admin key; each test brings its own people and tenants."""

from collections.abc import AsyncIterator
from hashlib import sha256

import httpx
import pytest
from fastapi import FastAPI

from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from tests.support.people import Door, running

ADMIN_KEY = "an-admin-key-of-the-tests"


@pytest.fixture(scope="module")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    digest = sha256(ADMIN_KEY.encode()).hexdigest()
    with_key = settings.model_copy(update={"admin_key_hash": digest})
    async with running(with_key, database) as application:
        yield application


@pytest.fixture
async def door(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[Door]:
    made = Door(app, settings, database)
    yield made
    await made.close()


@pytest.fixture
async def admin(door: Door) -> httpx.AsyncClient:
    """A client with the admin key: everything, everywhere."""
    client = door.browser()
    client.headers["x-admin-key"] = ADMIN_KEY
    return client
