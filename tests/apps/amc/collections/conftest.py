"""The stage of the runs with an owner who is a member: collections run in their maker's name."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from metatron.apps.amc.connections import site as connection_site
from metatron.apps.amc.module import MODULE
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.identity.interface import ensure_user
from metatron.platform.tenancy.interface import create_organisation, prepare
from metatron.platform.tenancy.site import prepare_site
from metatron.processes import all_modules
from tests.apps.amc.runs.conftest import scripted_amazon
from tests.apps.amc.runs.stage import FAST, RIGHTS, Stage, organisation, prepared, set_tempo
from tests.doorkeeper import application, client_of
from tests.support.amazon import SECRET, LocalAmc
from tests.support.people import new_email

__all__ = ["scripted_amazon"]


async def a_member(database: Database) -> Context:
    """The owner of a new organisation."""
    async with database.transaction(system_context()) as session:
        user_id = await ensure_user(
            session, email=new_email("owner"), display_name="Owner", verified=True, now=utc_now()
        )
    made = await create_organisation(
        database, name="Org", slug=None, owner_user_id=user_id, is_sandbox=False,
        actor=system_context(), now=utc_now(),
    )  # fmt: skip
    return Context(made.id, "user", user_id, RIGHTS, request_id="test")


@pytest.fixture
async def stage(
    settings: Settings, database: Database, scripted_amazon: LocalAmc
) -> AsyncIterator[Stage]:
    prepare_site(settings)
    prepare(all_modules())
    owner = await a_member(database)
    with prepared(settings, database, scripted_amazon.url, SECRET) as runtime:
        async with organisation(database, runtime, scripted_amazon, owner) as made:
            yield made
            scripted_amazon.chaos()
        set_tempo(FAST)
        await connection_site.site().http.aclose()


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    app: Any = application(stage.runtime.settings, stage.database, (MODULE,))
    app.state.gate.known |= {"owner": stage.owner}
    async with client_of(app, "owner") as made:
        made.base_url = httpx.URL("http://testserver/api/v1/amc")
        yield made
