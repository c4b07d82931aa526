"""An organisation whose people sign in with a real local AMC."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from metatron.apps.amc.connections import syncing
from metatron.apps.amc.connections.site import site
from metatron.apps.amc.connections.tables import Connection
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.interface import TenantFacts
from tests.support.amazon import ANNA, SECRET, LocalAmc, local_amc
from tests.support.people import Door, new_email, running


@pytest.fixture(scope="session")
def amazon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAmc]:
    with local_amc(tmp_path_factory.mktemp("local-amc")) as twin:
        yield twin


@pytest.fixture(scope="session")
def here(settings: Settings, amazon: LocalAmc) -> Settings:
    """Settings of a process that has the local AMC for Amazon."""
    return settings.model_copy(
        update={
            "amazon_stand_in_url": amazon.url,
            "amazon_stand_in_secret": SecretStr(SECRET),
        }
    )


@pytest.fixture(scope="module")
async def app(here: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(here, database) as application:
        yield application


@dataclass
class House:
    """One organisation, who connects there, and what was asked of Amazon."""

    door: Door
    amazon: LocalAmc
    database: Database
    tenant: TenantFacts
    email: str
    manager: httpx.AsyncClient
    asked: list[str] = field(default_factory=list)

    @property
    def system(self) -> Context:
        return system_context(self.tenant.id)

    async def begin(self, name: str = "Brands", region: str = "eu") -> dict[str, Any]:
        answer = await self.manager.post("/amc/connections", json={"name": name, "region": region})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def connect(self, name: str = "Brands", user: str = ANNA) -> UUID:
        """A healthy connection, its instances here."""
        begun = await self.begin(name)
        told = await self.amazon.consent(begun["authorization_url"], user)
        answer = await self.complete(told)
        assert answer.status_code == 200, answer.text
        connection_id = UUID(answer.json()["id"])
        await self.sync(connection_id)
        self.asked.clear()
        return connection_id

    async def complete(
        self, told: dict[str, str], client: httpx.AsyncClient | None = None
    ) -> httpx.Response:
        body = {"code": told.get("code", "none"), "state": told["state"]}
        return await (client or self.manager).post("/amc/connections/complete", json=body)

    async def sync(self, connection_id: UUID) -> None:
        await syncing.sync(self.database, self.system, connection_id=connection_id, now=utc_now())

    async def row(self, connection_id: UUID) -> Connection:
        async with self.database.transaction(self.system) as session:
            found = await session.get(Connection, (self.tenant.id, connection_id))
            assert found is not None
            return found

    async def set(self, connection_id: UUID, change: str, **values: Any) -> None:
        """Change a connection's row behind everybody's back."""
        async with self.database.transaction(self.system) as session:
            await session.execute(
                text(f"update amc.connection set {change} where tenant_id = :t and id = :id"),
                {"t": self.tenant.id, "id": connection_id, **values},
            )

    async def shown(self, connection_id: UUID) -> dict[str, Any]:
        found = (await self.manager.get("/amc/connections")).json()["items"]
        shown: dict[str, Any] = next(each for each in found if each["id"] == str(connection_id))
        return shown

    async def instance_ids(self) -> dict[str, UUID]:
        found = (await self.manager.get("/amc/instances")).json()["items"]
        return {each["amc_instance_id"]: UUID(each["id"]) for each in found}

    def refreshes(self) -> int:
        """How often the token endpoint was called."""
        return sum(each.endswith("/auth/o2/token") for each in self.asked)


def state_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["state"][0]


@pytest.fixture
async def house(
    app: FastAPI, here: Settings, database: Database, amazon: LocalAmc
) -> AsyncIterator[House]:
    amazon.chaos(clock_offset_seconds=0)
    door = Door(app, here, database)
    tenant = await door.organisation()
    email = new_email("manager")
    manager = await door.signed_in(email, tenant.id, ("administrator",))
    made = House(door, amazon, database, tenant, email, manager)

    async def note(request: httpx.Request) -> None:
        made.asked.append(f"{request.method} {request.url.path}")

    hooks = site().http.event_hooks
    hooks["request"].append(note)
    yield made
    hooks["request"].remove(note)
    amazon.chaos(clock_offset_seconds=0)
    await door.close()
