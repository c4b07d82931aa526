"""`metatron keys`: rotation of the signing keys and services' credentials."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.resealing import Resealed
from metatron.kernel.database.session import session_now
from metatron.kernel.settings import Settings
from metatron.platform.identity.keys import KeyRing, rotate
from metatron.platform.identity.public_keys import publish_keys
from metatron.platform.identity.service_clients import NewClient, create_client
from metatron.platform.tenancy.interface import Compose, open_for_command, reseal_everything

app = typer.Typer(no_args_is_help=True, help="Signing keys and services' credentials.")


@app.command("rotate")
def rotate_command(context: typer.Context) -> None:
    """Publish new signing keys, and put what is kept secret under the newest secret key.

    The signing keys begin to sign in ten minutes, the old ones stay a while. After this a secret
    key may leave METATRON_SECRET_KEYS, unless something could not be decrypted.
    """
    for kid in asyncio.run(rotate_keys(Settings())):
        typer.echo(f"published {kid}; it signs in 10 minutes")
    _reseal(context.obj)


@app.command("reseal")
def reseal_command(context: typer.Context) -> None:
    """Put what is kept secret under the newest of METATRON_SECRET_KEYS; signing keys stay."""
    _reseal(context.obj)


def _reseal(compose: Compose) -> None:
    async def work() -> Resealed:
        async with open_for_command(Settings(), compose) as database:
            return await reseal_everything(database)

    found = asyncio.run(work())
    typer.echo(f"{found.done} secrets are under the newest key")
    if found.unreadable:
        typer.echo(f"{found.unreadable} can be decrypted with none of the keys", err=True)
        raise typer.Exit(1)


@app.command("list")
def list_command() -> None:
    """List the published keys with the instants at which they begin to sign and retire."""
    ring = KeyRing(_folder(Settings()), now=utc_now())
    for key, retires_at in ring.published(now=utc_now()):
        ends = retires_at.isoformat() if retires_at else "-"
        typer.echo(f"{key.algorithm}\t{key.kid}\t{key.activates_at.isoformat()}\t{ends}")


@app.command("service")
def service_command(
    name: str,
    audience: Annotated[list[str], typer.Option(help="A service it may call; repeatable.")],
    scope: Annotated[list[str] | None, typer.Option(help="A permission; repeatable.")] = None,
) -> None:
    """Give a service an id and a secret; the secret is shown this once."""
    made = asyncio.run(_create(Settings(), name, audience, scope or []))
    typer.echo(f"client_id {made.client_id}\nclient_secret {made.client_secret}")


async def rotate_keys(settings: Settings) -> list[str]:
    """Make and publish successors of the signing keys; returns their ids.

    Raises:
        ValueError: this process was given no folder of signing keys.
    """
    folder = _folder(settings)
    KeyRing(folder, now=utc_now())
    made = rotate(folder, now=utc_now())
    ring = KeyRing(folder, now=utc_now())
    database = await Database.open(settings)
    try:
        await publish_keys(database, ring)
    finally:
        await database.close()
    return made


def _folder(settings: Settings) -> Path:
    if settings.signing_key_dir is None:
        message = "name the folder of signing keys (METATRON_SIGNING_KEY_DIR)"
        raise ValueError(message)
    return settings.signing_key_dir


async def _create(
    settings: Settings, name: str, audiences: list[str], scopes: list[str]
) -> NewClient:
    database = await Database.open(settings)
    context = system_context()
    try:
        async with database.transaction(context) as session:
            now = await session_now(session)
            return await create_client(
                session, context, name=name, audiences=audiences, scopes=scopes, now=now
            )
    finally:
        await database.close()
