"""Organisations of the tests' own, in a process that is prepared as a real one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, anonymous_context, system_context
from metatron.kernel.database.creation import drop_database
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.interface import create_organisation, resolve_access
from metatron.platform.tenancy.site import site
from metatron.platform.tenancy.tables import Operator, OperatorGrant
from tests.support.people import Door, new_email, running

Found = Callable[..., Awaitable[Context]]
AppointOperator = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture(scope="session")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    """The web process's application, its startup hooks run."""
    async with running(settings, database) as application:
        yield application


@pytest.fixture
async def door(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[Door]:
    made = Door(app, settings, database)
    yield made
    await made.close()


@pytest.fixture(autouse=True)
async def prepared(app: FastAPI) -> None:
    """Every test runs in a process that has started."""


@pytest.fixture
async def operator(door: Door, database: Database) -> AppointOperator:
    """Make an operator with grants; answers a client signed in as one."""

    async def appoint(*grants: tuple[str, list[UUID], str, str]) -> httpx.AsyncClient:
        email = new_email("operator")
        user_id = await door.person(email)
        row = Operator(
            id=new_id(),
            user_id=user_id,
            email=email,
            display_name="An operator",
            state="active",
            created_at=utc_now(),
        )
        async with database.transaction(system_context(), door="system") as session:
            session.add(row)
            await session.flush()
            for scope, subject_ids, resource, action in grants:
                session.add(
                    OperatorGrant(
                        id=new_id(),
                        operator_id=row.id,
                        scope=scope,
                        subject_ids=subject_ids,
                        resource=resource,
                        action=action,
                    )
                )
        return await door.signed_in(email)

    return appoint


@pytest.fixture
async def no_databases_left(database: Database) -> AsyncIterator[None]:
    """Drop the databases that a test has made: whoever seals all logs goes through all of them."""
    router = database.router
    before = {address.tenant_id for address in await router.directory.every()}
    yield
    made = [a for a in await router.directory.every() if a.tenant_id not in before]
    rows = await database.system.fetch(
        "update tenancy.placement set is_current = false, state = 'retired'"
        " where is_current and tenant_id = any($1) returning database_name",
        [address.tenant_id for address in made],
    )
    router.directory.forget()  # type: ignore[attr-defined]
    for address in made:
        await router.forget(address.dsn, address.system_dsn)
    owner = await asyncpg.connect(site().owner_dsn())
    for row in rows:
        await drop_database(owner, row["database_name"])
    await owner.close()


@pytest.fixture
def found(database: Database) -> Found:
    """Make an organisation; answers the context of its owner."""

    async def make(*, is_sandbox: bool = False, name: str = "A firm") -> Context:
        owner = new_id()
        facts = await create_organisation(
            database,
            name=name,
            slug=None,
            owner_user_id=owner,
            is_sandbox=is_sandbox,
            actor=anonymous_context(),
        )
        access = await resolve_access(database, facts.id, owner)
        assert access is not None
        return Context(facts.id, "user", actor_id=owner, permissions=access.permissions)

    return make
