"""`metatron tenant`: make, move, suspend and list tenants; bring their databases up to date."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Literal
from uuid import UUID

import typer

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.facts import tenant_by_id, tenant_by_slug
from metatron.platform.tenancy.fleet import migrate_fleet
from metatron.platform.tenancy.moving import move_tenant
from metatron.platform.tenancy.onboarding import run_onboarding, start_onboarding, steps_of
from metatron.platform.tenancy.onboarding_steps import Wishes
from metatron.platform.tenancy.registry import PlacementRegistry
from metatron.platform.tenancy.rights import prepare
from metatron.platform.tenancy.site import prepare_site, site
from metatron.platform.tenancy.suspension import activate_tenant, suspend_tenant

app = typer.Typer(no_args_is_help=True, help="Tenants and where their rows live.")
Name = Annotated[str, typer.Argument(help="Short name or id of the tenant.")]
_LIST = """
select id, slug, state, placement, tier, environment from tenancy.tenant
where deleted_at is null order by created_at
"""


@app.command("create")
def create_command(
    name: Annotated[str, typer.Argument(help="Name shown to people.")],
    owner_email: Annotated[str, typer.Argument(help="Who owns it.")],
    *,
    slug: Annotated[str | None, typer.Option(help="Short name in addresses.")] = None,
    tier: Annotated[str, typer.Option(help="free, basic, pro or enterprise.")] = "free",
    dedicated: Annotated[bool, typer.Option(help="Give it a database of its own.")] = False,
    sandbox: Annotated[bool, typer.Option(help="Give it a test clock.")] = False,
) -> None:
    """Bring a tenant into being, in eight steps."""
    wishes = Wishes.model_validate(
        {
            "name": name,
            "slug": slug,
            "owner_email": owner_email,
            "tier": tier,
            "placement": "dedicated" if dedicated else "pooled",
            "is_sandbox": sandbox,
        }
    )
    _run(lambda database: _create(database, wishes))


async def _create(database: Database, wishes: Wishes) -> None:
    context, now = system_context(), utc_now()
    async with database.transaction(context, door="system") as session:
        process = await start_onboarding(session, context, wishes=wishes, now=now)
    state = await run_onboarding(
        database, context, onboarding_id=process.id, now=now, progress=typer.echo
    )
    async with database.transaction(context, door="system") as session:
        steps = await steps_of(session, process.id)
    for step in steps:
        if step.last_error:
            typer.echo(f"{step.name}: {step.last_error}", err=True)
    typer.echo(f"{process.tenant_id} {state}")
    if state == "failed":
        raise typer.Exit(1)


@app.command("move")
def move_command(
    tenant: Name,
    *,
    to: Annotated[str, typer.Option(help="pooled or dedicated.")],
) -> None:
    """Move a tenant's rows; reads go on, writes wait, counts and content are compared."""
    where: Literal["pooled", "dedicated"] = "dedicated" if to == "dedicated" else "pooled"
    if where != to:
        raise typer.BadParameter("say pooled or dedicated", param_hint="--to")

    async def move(database: Database) -> None:
        moved = await move_tenant(
            database,
            tenant_id=await _id_of(database, tenant),
            to=where,
            now=utc_now(),
            progress=typer.echo,
        )
        typer.echo(f"{moved.rows} rows of {moved.tables} tables moved to {to}")

    _run(move)


@app.command("suspend")
def suspend_command(tenant: Name) -> None:
    """Refuse a tenant's people and keys from now on."""
    _run(lambda database: _step(database, tenant, "suspend"))


@app.command("activate")
def activate_command(tenant: Name) -> None:
    """Let a suspended tenant in again."""
    _run(lambda database: _step(database, tenant, "activate"))


async def _step(database: Database, tenant: str, step: str) -> None:
    context = system_context()
    tenant_id = await _id_of(database, tenant)
    async with database.transaction(context, door="system") as session:
        change = suspend_tenant if step == "suspend" else activate_tenant
        changed = await change(session, context, tenant_id=tenant_id, now=utc_now())
    typer.echo(f"{changed.slug} {changed.state}")


@app.command("list")
def list_command() -> None:
    """List the tenants: id, short name, state, placement, tier, environment."""

    async def show(database: Database) -> None:
        for row in await database.system.fetch(_LIST):
            typer.echo("\t".join(str(value) for value in row))

    _run(show)


@app.command("migrate")
def migrate_command(workers: Annotated[int, typer.Option(min=1, max=8)] = 4) -> None:
    """Bring the databases of dedicated tenants to the newest schema; run it again to resume."""

    async def migrate(database: Database) -> None:
        outcome = await migrate_fleet(database, workers=workers, progress=typer.echo)
        typer.echo(
            f"{len(outcome.migrated)} migrated, {len(outcome.at_head)} at head,"
            f" {len(outcome.failed)} failed, {len(outcome.not_tried)} not tried"
        )
        if outcome.failed:
            raise typer.Exit(1)

    _run(migrate)


async def _id_of(database: Database, tenant: str) -> UUID:
    facts = await tenant_by_slug(database, tenant)
    if facts is None:
        try:
            facts = await tenant_by_id(database, UUID(tenant))
        except ValueError:
            facts = None
    if facts is None:
        raise typer.BadParameter(f"there is no tenant {tenant}")
    return facts.id


def _run(action: Callable[[Database], Awaitable[None]]) -> None:
    async def main() -> None:
        async with _opened(Settings()) as database:
            await action(database)

    try:
        asyncio.run(main())
    except DomainError as error:
        typer.echo(f"{error.code}: {error.detail}", err=True)
        raise typer.Exit(1) from error


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    """Open the database with the modules of the composition root, which is above this module."""
    database = await Database.open(settings)
    try:
        prepare(importlib.import_module("metatron.processes").all_modules())
        prepare_site(settings)
        database.router.directory = PlacementRegistry(database.system, site().box)
        yield database
    finally:
        await database.close()
