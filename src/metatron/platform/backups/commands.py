"""`metatron backup`: make, list, rehearse and bring back."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from metatron.kernel.errors import DomainError
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.progress import Progress
from metatron.kernel.settings import Settings
from metatron.platform.backups.installation import Installation, installation_at

app = typer.Typer(no_args_is_help=True, help="Backups, and the way back from them.")
Data = Annotated[Path, typer.Option("--data", help="Folder of the installation.")]
From = Annotated[
    Path | None, typer.Option("--from", help="Folder of the backups; <data>/backups without it.")
]
At = Annotated[str, typer.Option(help="An instant with its zone, as 2026-03-01T14:05:00+01:00.")]
DATA = Path(".data")


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run a command; a refusal is one line and exit code 1."""
    try:
        asyncio.run(work)
    except ProcessError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    except DomainError as error:
        typer.echo(f"{error.code}: {error.detail}", err=True)
        raise typer.Exit(1) from error


@app.command("create")
def create_command(
    data: Data = DATA,
    to: Annotated[Path | None, typer.Option(help="Another folder of backups.")] = None,
) -> None:
    """Make a backup now, while everything runs."""
    from metatron.platform.backups.creation import create_backup  # noqa: PLC0415

    async def create() -> None:
        here = installation_at(data)
        made = await create_backup(here, to=to and to.absolute(), at_once=True, progress=Progress())
        typer.echo(f"{made.folder}  {_megabytes(made.manifest.size)}")
        for name in made.pruned:
            typer.echo(f"no longer kept: {name}")

    _run(create())


@app.command("list")
def list_command(data: Data = DATA, folder: From = None) -> None:
    """List the backups: name, from when on it leads to any instant, size, revisions."""
    from metatron.platform.backups.catalogue import folders_in  # noqa: PLC0415
    from metatron.platform.backups.manifest import read_manifest  # noqa: PLC0415

    for each in folders_in(_backups(data, folder)):
        try:
            manifest = read_manifest(each)
        except ProcessError as error:
            typer.echo(f"{each.name}\t{error.cause}")
            continue
        since = manifest.finished_at.isoformat(timespec="seconds")
        typer.echo(
            f"{manifest.name}\t{since}\t{_megabytes(manifest.size)}"
            f"\t{len(manifest.heads)} logs\t{len(manifest.revisions)} revisions"
        )


@app.command("verify")
def verify_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Which; the newest without it.")] = "",
    data: Data = DATA,
    folder: From = None,
) -> None:
    """Rehearse a backup: read it whole, start it in a scratch folder, check books and audit log."""
    from metatron.platform.backups import catalogue  # noqa: PLC0415
    from metatron.platform.backups.verification import verify_backup  # noqa: PLC0415

    async def verify() -> None:
        backups = _backups(data, folder)
        with _reading(backups):
            chosen = name or _newest_name(backups)
            found = await verify_backup(
                catalogue.backup_of_name(backups, chosen),
                context.obj,
                secret_keys=_keys(data),
                progress=Progress(),
            )
        looked = found.examined
        for line in [*found.damaged, *(looked.findings if looked else [])]:
            typer.echo(line)
        if looked is not None:
            typer.echo(
                f"{chosen}: books of {looked.books} and logs of {looked.logs} organisations"
                f" ({looked.seals} seals), {looked.contents} contents of files,"
                f" {len(looked.findings)} findings"
            )
        if not found.is_sound:
            raise typer.Exit(1)

    _run(verify())


@app.command("restore")
def restore_command(
    context: typer.Context,
    data: Data = DATA,
    folder: From = None,
    *,
    at: At = "",
    backup: Annotated[str, typer.Option(help="This backup; alone when there is no --at.")] = "",
    to: Annotated[Path | None, typer.Option(help="The data folder to make.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Set aside what is in that folder.")
    ] = False,
    tenant: Annotated[
        UUID | None, typer.Option(help="One organisation alone, into the running installation.")
    ] = None,
) -> None:
    """Go back to an instant (without one: as far as the archive reaches), into a new data folder.

    With --tenant, one organisation's rows are put back in the running installation instead.
    """
    from metatron.platform.backups import commands_restore  # noqa: PLC0415

    asked = commands_restore.Asked(data.resolve(), _backups(data, folder), _instant(at), backup)
    if tenant is not None:
        if not at or to is not None:
            raise typer.BadParameter("--tenant goes with --at and without --to")
        _run(commands_restore.restore_tenant_rows(asked, tenant, context.obj))
    elif to is None:
        raise typer.BadParameter("name a data folder with --to, or an organisation with --tenant")
    else:
        _run(commands_restore.restore_folder(asked, to.absolute(), replace=replace))


@app.command("archive")
def archive_command(data: Data = DATA) -> None:
    """Archive the server's log until told to end; `metatron up` runs this by itself."""
    from metatron.platform.backups.archiver import become, prepare_archive  # noqa: PLC0415

    try:
        wanted = asyncio.run(prepare_archive(installation_at(data)))
    except ProcessError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    become(*wanted)


def _backups(data: Path, folder: Path | None) -> Path:
    """Return the folder of the backups, also of an installation that is gone."""
    given = Settings()
    if given.database_url.get_secret_value():
        data = given.data_dir
    return (folder or given.backups_dir or data / "backups").absolute()


def _reading(backups: Path) -> Any:
    from metatron.platform.backups.state import State  # noqa: PLC0415

    return State(backups).at_work(alone=False)


def _newest_name(backups: Path) -> str:
    from metatron.platform.backups.catalogue import folders_in  # noqa: PLC0415

    found = folders_in(backups)
    if not found:
        raise ProcessError(f"there is no backup in {backups}", "make one: metatron backup create")
    return found[-1].name


def _keys(data: Path) -> str:
    """Return the keys of secrets, of an installation that may be gone."""
    try:
        here: Installation = installation_at(data)
    except ProcessError:
        return Settings().secret_keys.get_secret_value()
    return here.settings.secret_keys.get_secret_value()


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not an instant") from error
    if instant.tzinfo is None:
        raise typer.BadParameter(f"{text!r} has no zone: add Z or an offset")
    return instant.astimezone(UTC)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
