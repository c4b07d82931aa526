"""Three organisations furnished alike: A, B beside it, and C in a database of its own."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from fastapi import FastAPI

from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from tests.support.people import Door, running

from .realms import Pair, Realm, furnish, move_out


@pytest.fixture(scope="session")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(settings, database) as application:
        yield application


@pytest.fixture(scope="session")
async def door(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[Door]:
    made = Door(app, settings, database)
    yield made
    await made.close()


@pytest.fixture(scope="session")
async def realms(door: Door) -> dict[str, Realm]:
    a, pooled, dedicated = [await furnish(door, f"q{uuid4().hex[:11]}z") for _ in range(3)]
    await move_out(dedicated)
    return {"a": a, "pooled": pooled, "dedicated": dedicated}


@pytest.fixture(params=["pooled", "dedicated"])
def pair(request: pytest.FixtureRequest, realms: dict[str, Realm]) -> Pair:
    return Pair(realms["a"], realms[request.param])
