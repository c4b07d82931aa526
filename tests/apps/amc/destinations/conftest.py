"""An organisation with runs at a scripted AMC, a warehouse and a store to deliver to."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import asyncpg
import httpx
import pytest

from metatron.apps.amc.module import MODULE
from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from tests.apps.amc.destinations.desk import Desk
from tests.apps.amc.destinations.pg_target import Target
from tests.apps.amc.runs.conftest import scripted_amazon, stage
from tests.apps.amc.runs.stage import Stage
from tests.doorkeeper import application, client_of
from tests.support.s3_store import Store, serving

__all__ = ["scripted_amazon", "stage"]


@pytest.fixture
async def desk(stage: Stage) -> AsyncIterator[Desk]:
    app = application(stage.runtime.settings, stage.database, (MODULE,))
    app.state.gate.known["owner"] = stage.owner
    app.state.gate.known["stranger"] = replace(stage.owner, tenant_id=new_id(), actor_id=new_id())
    async with client_of(app, "owner") as client, client_of(app, "stranger") as stranger:
        for each in (client, stranger):
            each.base_url = httpx.URL("http://testserver/api/v1/amc")
        yield Desk(stage, client, stranger)


@pytest.fixture
async def target(server: EmbeddedPostgres) -> AsyncIterator[Target]:
    name = f"warehouse_{new_id().hex}"
    connection = await asyncpg.connect(server.dsn("metatron_owner", "metatron"))
    try:
        await connection.execute(f'create database "{name}"')
        made = Target(server.dsn("metatron_owner", name), name)
        await made.open()
        yield made
        await made.close()
        await connection.execute(f'drop database "{name}" with (force)')
    finally:
        await connection.close()


@pytest.fixture
def store() -> Iterator[Store]:
    with serving() as made:
        yield made
