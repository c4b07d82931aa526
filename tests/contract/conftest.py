"""One organisation furnished with one of everything, and people of every role in it."""

from collections.abc import AsyncIterator
from hashlib import sha256
from uuid import uuid4

import pytest
from fastapi import FastAPI

from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from tests.isolation.realms import Realm, furnish
from tests.support.people import Door, running

from .cast import ADMIN_KEY, Cast


@pytest.fixture(scope="session")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    digest = sha256(ADMIN_KEY.encode()).hexdigest()
    with_key = settings.model_copy(update={"admin_key_hash": digest})
    async with running(with_key, database) as application:
        yield application


@pytest.fixture(scope="session")
async def door(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[Door]:
    made = Door(app, settings, database)
    yield made
    await made.close()


@pytest.fixture(scope="session")
async def realm(door: Door) -> Realm:
    made = await furnish(door, f"c{uuid4().hex[:8]}")
    # More people play in it than its plan has places for.
    await door.database.system.execute(
        "update tenancy.tenant set limits = limits || '{\"users\": 1000}' where id = $1",
        made.tenant_id,
    )
    return made


@pytest.fixture(scope="session")
async def cast(realm: Realm) -> Cast:
    return Cast(realm)
