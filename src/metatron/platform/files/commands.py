"""The command `metatron files`: the place where contents are kept."""

import asyncio
from typing import Annotated, Literal

import typer

from metatron.kernel.errors import Busy
from metatron.kernel.settings import Settings
from metatron.platform.files.contents import Moved, copy_contents
from metatron.platform.files.s3_place import place_of
from metatron.platform.files.site import folder_of, store_of
from metatron.platform.files.store import StoreUnusable

app = typer.Typer(no_args_is_help=True, help="The place where contents of files are kept.")


@app.callback()
def _files() -> None:
    """The place where contents of files are kept."""


@app.command("check")
def check_command() -> None:
    """Look whether contents could be kept where the settings say; exit 1 and say why if not."""
    settings = Settings()
    try:
        asyncio.run(_check(settings))
    except StoreUnusable as error:
        typer.echo(
            f"cause: {error}; remedy: see METATRON_FILES_S3_... in docs/running.md", err=True
        )
        raise typer.Exit(1) from None
    where = settings.files_s3_bucket or folder_of(settings).root
    typer.echo(f"Contents can be kept in {where}.")


@app.command("move")
def move_command(
    to: Annotated[Literal["s3", "folder"], typer.Option(help="Where the contents are to be.")],
) -> None:
    """Copy all contents to the bucket of the settings, or from it to the data folder.

    Nothing is taken away where they were. Repeat it after the change of settings, for what came
    meanwhile; what is there already is passed over.
    """
    settings = Settings()
    if place_of(settings) is None:
        typer.echo("cause: no bucket is named; remedy: set METATRON_FILES_S3_BUCKET", err=True)
        raise typer.Exit(1)
    try:
        moved = asyncio.run(_move(settings, to))
    except Busy as error:
        typer.echo(f"cause: {error.__cause__ or error}; remedy: repeat the command", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{moved.copied} copied, {moved.there} were there, {moved.damaged} damaged")
    if moved.damaged:
        typer.echo("Damaged contents are not what their names say; they were left.", err=True)
        raise typer.Exit(1)


async def _check(settings: Settings) -> None:
    store = store_of(settings)
    try:
        await store.check()
    finally:
        await store.close()


async def _move(settings: Settings, to: str) -> Moved:
    folder, bucket = folder_of(settings), store_of(settings)
    source, target = (folder, bucket) if to == "s3" else (bucket, folder)
    moved = Moved()
    try:
        async for moved in copy_contents(source, target):
            if (moved.copied + moved.there) % 1_000 == 0:
                typer.echo(f"{moved.copied + moved.there} ...")
    finally:
        await bucket.close()
    return moved
