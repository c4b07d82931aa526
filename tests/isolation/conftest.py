"""Two organisations, both with something of everything; the second pooled, then dedicated."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.interface import resolve_access
from metatron.platform.tenancy.moving import move_tenant
from metatron.platform.tenancy.site import site
from tests.support.people import Door, new_email, running


@dataclass
class Organisation:
    """One of the two; `marker` stands in its texts and nowhere else."""

    tenant_id: UUID
    owner: Context
    client: httpx.AsyncClient
    marker: str
    database_name: str | None = None

    @property
    def system(self) -> Context:
        return system_context(self.tenant_id)


@pytest.fixture(scope="session")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(settings, database) as application:
        yield application


@pytest.fixture(scope="session")
async def door(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[Door]:
    made = Door(app, settings, database)
    yield made
    await made.close()


async def _organisation(door: Door, database: Database) -> Organisation:
    email, marker = new_email("owner"), f"marker{new_id().hex}"
    facts = await door.organisation(email)
    user_id = await door.person(email)
    client = await door.signed_in(email, facts.id, ("owner",))
    access = await resolve_access(database, facts.id, user_id)
    assert access is not None
    owner = Context(facts.id, "user", actor_id=user_id, permissions=access.permissions)
    changed = await client.patch("/organisation", json={"name": marker})
    assert changed.status_code == 200, changed.text
    return Organisation(facts.id, owner, client, marker)


@pytest.fixture(scope="session")
async def ours(door: Door, database: Database) -> Organisation:
    """The organisation that attacks."""
    return await _organisation(door, database)


@pytest.fixture(scope="session", params=["pooled", "dedicated"])
async def theirs(request: pytest.FixtureRequest, door: Door, database: Database) -> Organisation:
    """The organisation that is attacked."""
    made = await _organisation(door, database)
    if request.param == "dedicated":
        moved = await move_tenant(database, tenant_id=made.tenant_id, to="dedicated", now=utc_now())
        made.database_name = moved.database_name
    return made


@pytest.fixture
async def owner_connection(theirs: Organisation) -> AsyncIterator[asyncpg.Connection]:
    """The owner role in the database where their rows live."""
    connection = await asyncpg.connect(site().owner_dsn(theirs.database_name))
    yield connection
    await connection.close()
