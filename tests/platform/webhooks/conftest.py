"""The whole application, an organisation of it, and somebody outside who is told of events."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from fastapi import FastAPI

from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.webhooks import site as kept
from tests.platform.webhooks.office import Office
from tests.platform.webhooks.receiver import Receiver, receiving
from tests.support.people import Door, new_email, running


@pytest.fixture(scope="session")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(settings, database) as application:
        yield application


@pytest.fixture
async def door(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[Door]:
    made = Door(app, settings, database)
    yield made
    await made.close()


@pytest.fixture
async def office(door: Door) -> Office:
    email = new_email("owner")
    tenant = await door.organisation(email)
    return Office(door, tenant.id, email, await door.signed_in(email, tenant.id))


@pytest.fixture
def inside(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses inside are called, as where the settings allow it."""
    monkeypatch.setattr(kept, "_site", replace(kept.site(), allow_private=True))


@pytest.fixture
async def receiver(inside: None) -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made
