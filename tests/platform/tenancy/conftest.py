"""Organisations of the tests' own, in a process that is prepared as a real one."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, anonymous_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.interface import create_organisation, prepare, resolve_access
from metatron.platform.tenancy.registry import PlacementRegistry
from metatron.platform.tenancy.site import prepare_site, site
from metatron.processes import all_modules

Found = Callable[..., Awaitable[Context]]


def prepare_process(settings: Settings, database: Database) -> PlacementRegistry:
    """Do what tenancy's startup hook does."""
    prepare(all_modules())
    prepare_site(settings)
    registry = PlacementRegistry(database.system, site().box)
    database.router.directory = registry
    return registry


@pytest.fixture(autouse=True)
async def registry(settings: Settings, database: Database) -> AsyncIterator[PlacementRegistry]:
    made = prepare_process(settings, database)
    made.start()
    yield made
    await made.stop()


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
            now=utc_now(),
        )
        access = await resolve_access(database, facts.id, owner)
        assert access is not None
        return Context(facts.id, "user", actor_id=owner, permissions=access.permissions)

    return make
