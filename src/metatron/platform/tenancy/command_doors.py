"""The database as a command on the command line sees it: no loops, no listeners."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import typer

from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.onboarding_people import EnsurePerson, provide_people
from metatron.platform.tenancy.registry import PlacementRegistry
from metatron.platform.tenancy.rights import prepare
from metatron.platform.tenancy.site import prepare_site, site

Compose = Callable[[], tuple[tuple[Module, ...], EnsurePerson]]
"""The composition root's word on which modules there are and who makes people; in `context.obj`."""


@asynccontextmanager
async def open_for_command(settings: Settings, compose: Compose) -> AsyncIterator[Database]:
    """Open the doors for one command, of the home database and of every dedicated one."""
    modules, ensure_person = compose()
    prepare(modules)
    prepare_site(settings)
    provide_people(ensure_person)
    database = await Database.open(settings)
    try:
        database.router.directory = PlacementRegistry(database.system, site().box)
        yield database
    finally:
        await database.close()


def run_command(compose: Compose, action: Callable[[Database], Awaitable[None]]) -> None:
    """Run a command's work on open doors; a refusal is told and ends it with 1."""

    async def main() -> None:
        async with open_for_command(Settings(), compose) as database:
            await action(database)

    try:
        asyncio.run(main())
    except DomainError as error:
        typer.echo(f"{error.code}: {error.detail}", err=True)
        raise typer.Exit(1) from error
