"""`metatron tenant`: make, move, suspend and list tenants; bring their databases up to date."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import typer

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.platform.tenancy.admin_moving import move_and_tell
from metatron.platform.tenancy.command_doors import run_command
from metatron.platform.tenancy.facts import tenant_by_id, tenant_by_slug
from metatron.platform.tenancy.fleet_commands import migrate_command
from metatron.platform.tenancy.onboarding import STEP_NAMES, start_onboarding
from metatron.platform.tenancy.onboarding_runner import run_onboarding
from metatron.platform.tenancy.provisioning_command import provision_command
from metatron.platform.tenancy.suspension import activate_tenant, suspend_tenant

app = typer.Typer(no_args_is_help=True, help="Tenants and where their rows live.")
Name = Annotated[str, typer.Argument(help="Short name or id of the tenant.")]
HANDED_OVER = timedelta(minutes=2)
"""A worker goes on with what this command has not finished by then."""
_LIST = """
select id, slug, state, placement, tier, environment from tenancy.tenant
where deleted_at is null order by created_at
"""
_ERRORS = """
select name, last_error from tenancy.onboarding_step
where onboarding_id = $1 and last_error is not null
"""


class Tier(StrEnum):
    """How much a tenant may use."""

    free = "free"
    basic = "basic"
    pro = "pro"
    enterprise = "enterprise"


class To(StrEnum):
    """Where a tenant can live."""

    pooled = "pooled"
    dedicated = "dedicated"


@app.command("create")
def create_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name shown to people.")],
    owner_email: Annotated[str, typer.Argument(help="Who owns it.")],
    *,
    owner_name: Annotated[str, typer.Option(help="What to call them.")] = "",
    slug: Annotated[str | None, typer.Option(help="Short name in addresses.")] = None,
    tier: Tier = Tier.free,
    dedicated: Annotated[bool, typer.Option(help="Give it a database of its own.")] = False,
    sandbox: Annotated[bool, typer.Option(help="Give it a test clock.")] = False,
) -> None:
    """Bring a tenant into being, in eight steps."""
    person = {"email": owner_email, "display_name": owner_name or owner_email.split("@")[0]}
    request = {
        "name": name,
        "slug": slug,
        "first_user": person,
        "tier": str(tier),
        "placement": "dedicated" if dedicated else "pooled",
        "is_sandbox": sandbox,
    }
    _run(context, lambda database: _create(database, request))


async def _create(database: Database, request: dict[str, Any]) -> None:
    now = utc_now()
    async with database.transaction(system_context(), door="system") as session:
        made = await start_onboarding(
            session, system_context(), request=request, now=now, run_at=now + HANDED_OVER
        )

    def show(step: str) -> None:
        typer.echo(f"{STEP_NAMES.index(step) + 1} of {len(STEP_NAMES)}  {step}")

    state = await run_onboarding(database, onboarding_id=made.id, now=now, progress=show)
    for row in await database.system.fetch(_ERRORS, made.id):
        typer.echo(f"{row['name']}: {row['last_error']}", err=True)
    typer.echo(f"{made.tenant_id} {state}")
    if state != "succeeded":
        raise typer.Exit(1)


@app.command("move")
def move_command(
    context: typer.Context,
    tenant: Name,
    *,
    to: Annotated[To, typer.Option(help="Where it shall live.")],
) -> None:
    """Move a tenant's rows; reads go on, writes wait, counts and content are compared."""

    async def move(database: Database) -> None:
        moved = await move_and_tell(
            database,
            tenant_id=await _id_of(database, tenant),
            to=to.value,
            now=utc_now(),
            progress=typer.echo,
        )
        typer.echo(f"{moved.rows} rows of {moved.tables} tables moved to {to}")

    _run(context, move)


@app.command("suspend")
def suspend_command(
    context: typer.Context,
    tenant: Name,
    reason: Annotated[str | None, typer.Option(help="Why; its people are told.")] = None,
) -> None:
    """Refuse a tenant's people and keys from now on."""
    _run(context, lambda database: _step(database, tenant, partial(suspend_tenant, reason=reason)))


@app.command("activate")
def activate_command(context: typer.Context, tenant: Name) -> None:
    """Let a suspended tenant in again."""
    _run(context, lambda database: _step(database, tenant, activate_tenant))


async def _step(database: Database, tenant: str, change: Callable[..., Awaitable[Any]]) -> None:
    tenant_id = await _id_of(database, tenant)
    async with database.transaction(system_context(), door="system") as session:
        changed = await change(session, system_context(), tenant_id=tenant_id, now=utc_now())
    typer.echo(f"{changed.slug} {changed.state}")


@app.command("list")
def list_command(context: typer.Context) -> None:
    """List the tenants: id, short name, state, placement, tier, environment."""

    async def show(database: Database) -> None:
        for row in await database.system.fetch(_LIST):
            typer.echo("\t".join(str(value) for value in row))

    _run(context, show)


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


def _run(context: typer.Context, action: Callable[[Database], Awaitable[None]]) -> None:
    run_command(context.obj, action)


app.command("migrate")(migrate_command)
app.command("provision")(provision_command)
