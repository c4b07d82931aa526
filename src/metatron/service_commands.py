"""`metatron services`: what has to be there before the services run apart."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import asyncpg
import typer

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.service_grants import settle_services
from metatron.kernel.process.secret_files import secret
from metatron.kernel.process.server_roles import (
    BACKUP,
    ROLES,
    ServiceRoles,
    ensure_roles,
    ensure_service_roles,
)
from metatron.kernel.settings import Settings
from metatron.platform.identity.interface import KEEP_PEOPLE, renew_client
from metatron.services import AUTH, SERVICES, Service

app = typer.Typer(no_args_is_help=True, help="The services, where they run apart.")
CREDENTIALS_SCHEMA = "identity"


@app.command("list")
def list_command() -> None:
    """List the services with their ports and database roles."""
    for each in SERVICES:
        typer.echo(f"{each.name}\t{each.port}\t{each.role}\t{each.system_role}")


@app.command("roles")
def roles_command(
    admin_url: Annotated[
        str,
        typer.Option(
            envvar="METATRON_DATABASE_ADMIN_URL", help="A role that may create roles.", prompt=True
        ),
    ],
) -> None:
    """Make the installation's own three roles and its database on a server you bring.

    Their passwords are those of METATRON_DATABASE_URL, _SYSTEM_URL and _OWNER_URL; with
    METATRON_DATABASE_BACKUP_URL the role that copies the server is made as well.
    """
    settings = Settings()
    dsns = (settings.database_owner_url, settings.database_url, settings.database_system_url)
    passwords = {
        role: unquote(urlsplit(dsn.get_secret_value()).password or "")
        for role, dsn in zip(ROLES, dsns, strict=True)
    }
    if not all(passwords.values()):
        typer.echo("cause: an address has no password; remedy: give all three one", err=True)
        raise typer.Exit(1)
    if settings.database_backup_url is not None:
        copying = urlsplit(settings.database_backup_url.get_secret_value())
        passwords[BACKUP] = unquote(copying.password or "")
    asyncio.run(ensure_roles(admin_url, passwords))


@app.command()
def prepare(
    folder: Annotated[Path, typer.Option(help="Folder for one environment file a service.")],
    admin_url: Annotated[
        str,
        typer.Option(
            envvar="METATRON_DATABASE_ADMIN_URL", help="A role that may create roles.", prompt=True
        ),
    ],
) -> None:
    """Make the services' database roles and credentials, and write what each is to be started with.

    Needs the settings of the whole installation, the owner's address of the database among them.
    May be repeated: after a release, or to give back a file that was lost.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    asyncio.run(prepare_services(Settings(), folder, admin_url))
    typer.echo(f"{len(SERVICES)} services may start, each with its own file in {folder}")


async def prepare_services(settings: Settings, folder: Path, admin_url: str) -> None:
    """Do so. A service whose file is there keeps its credential, the others get a new one."""
    passwords = {
        role: secret(folder / "passwords", role)
        for each in SERVICES
        for role in (each.role, each.system_role)
    }
    await ensure_service_roles(admin_url, (roles_of(each) for each in SERVICES), passwords)
    owner = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    try:
        await settle_services(owner)
    finally:
        await owner.close()
    database = await Database.open(settings)
    try:
        for each in SERVICES:
            file = folder / f"{each.name}.env"
            if not file.exists():
                credential = await _credential(database, each)
                _write(file, {**_addresses(settings, each, passwords), **credential})
    finally:
        await database.close()


def roles_of(each: Service) -> ServiceRoles:
    """Return what the database is told about a service's roles."""
    published_only = () if each.keeps_credentials else (CREDENTIALS_SCHEMA,)
    return ServiceRoles(each.name, each.role, each.system_role, each.without, published_only)


def _addresses(settings: Settings, each: Service, passwords: Mapping[str, str]) -> dict[str, str]:
    found = {
        "METATRON_DATABASE_URL": _as_role(
            settings.database_url.get_secret_value(), each.role, passwords
        ),
        "METATRON_DATABASE_SYSTEM_URL": _as_role(
            settings.database_system_url.get_secret_value(), each.system_role, passwords
        ),
    }
    if each.keeps_credentials and settings.signing_key_dir is not None:
        found["METATRON_SIGNING_KEY_DIR"] = str(settings.signing_key_dir)
    return found


def _as_role(dsn: str, role: str, passwords: Mapping[str, str]) -> str:
    parts = urlsplit(dsn)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(passwords[role])}@{place}"))


async def _credential(database: Database, each: Service) -> dict[str, str]:
    """Let a service buy tokens at `auth`, which needs none itself."""
    if each.keeps_credentials:
        return {}
    context = system_context()
    async with database.transaction(context) as session:
        made = await renew_client(
            session,
            context,
            name=f"service-{each.name}",
            audiences=[AUTH],
            scopes=[KEEP_PEOPLE],
            now=utc_now(),
        )
    return {
        "METATRON_SERVICE_CLIENT_ID": str(made.client_id),
        "METATRON_SERVICE_CLIENT_SECRET": made.client_secret,
    }


def _write(file: Path, values: Mapping[str, str]) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.writelines(_lines(values))


def _lines(values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        yield f"{name}={value}\n"


@app.command()
def routes(
    *, write: Annotated[bool, typer.Option(help="Write the file instead of comparing it.")] = False
) -> None:
    """Compare the proxy's table of addresses with the program."""
    from metatron.processes import all_modules  # noqa: PLC0415
    from metatron.service_routes import FILE, routes_map  # noqa: PLC0415

    fresh = routes_map(all_modules())
    if write:
        FILE.write_text(fresh)
    elif not FILE.exists() or FILE.read_text() != fresh:
        typer.echo("mend: python -m metatron services routes --write")
        raise typer.Exit(1)


@app.command()
def monitoring(
    *,
    write: Annotated[bool, typer.Option(help="Write the files instead of comparing them.")] = False,
) -> None:
    """Compare what Prometheus and Grafana are told with the program's own metrics."""
    from metatron.monitoring import FOLDER, files, stale  # noqa: PLC0415

    if write:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, said in files().items():
            (FOLDER / name).write_text(said)
    elif found := stale():
        typer.echo(f"stale: {', '.join(found)}")
        typer.echo("mend: python -m metatron services monitoring --write")
        raise typer.Exit(1)
