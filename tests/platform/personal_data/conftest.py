"""The whole application, a sandbox organisation with an owner, and its worker's two jobs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.settings import Settings
from metatron.platform.personal_data.jobs import erase_as_job, export_as_job
from tests.support.people import Door, new_email, running

DAY = 86_400


@pytest.fixture(scope="session")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(settings, database) as application:
        yield application


@pytest.fixture
async def door(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[Door]:
    made = Door(app, settings, database)
    yield made
    await made.close()


@dataclass
class House:
    """A sandbox organisation."""

    door: Door
    tenant_id: UUID
    owner: httpx.AsyncClient
    owner_email: str

    @property
    def context(self) -> Context:
        return system_context(self.tenant_id)

    async def join(self, *roles: str, email: str = "") -> tuple[httpx.AsyncClient, str, UUID]:
        """Somebody new, signed in here, with their address and id."""
        email = email or new_email("member")
        client = await self.door.signed_in(email, self.tenant_id, roles or ("participant",))
        return client, email, await self.door.person(email)

    async def member_id(self, user_id: UUID) -> str:
        """What the members' list calls somebody."""
        found = (await self.owner.get("/members?limit=200")).json()["items"]
        return str(next(row["id"] for row in found if row["user_id"] == str(user_id)))

    async def now(self) -> datetime:
        async with self.door.database.transaction(self.context) as session:
            return await session_now(session)

    async def pass_days(self, days: int) -> None:
        answer = await self.owner.post("/clock/advance", json={"seconds": days * DAY})
        assert answer.is_success, answer.text

    async def work(self, request_id: str, *, export: bool = False) -> None:
        """What the worker does with a request that is due."""
        job: Any = export_as_job if export else erase_as_job
        now = await self.now()
        await job(self.door.database, self.context, request_id=request_id, now=now)


@pytest.fixture
async def house(door: Door) -> House:
    email = new_email("owner")
    facts = await door.organisation(email, is_sandbox=True)
    return House(door, facts.id, await door.signed_in(email, facts.id), email)


async def erased(house: House, client: httpx.AsyncClient) -> str:
    """Ask for one's own erasure, let the days pass, and let the worker do it."""
    answer = await client.post("/personal-data/erasures", json={})
    assert answer.status_code == 201, answer.text
    request_id: str = answer.json()["id"]
    await house.pass_days(8)
    await house.work(request_id)
    return request_id
