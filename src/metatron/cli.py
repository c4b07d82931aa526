"""The `metatron` command."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from metatron import checks
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.progress import Progress
from metatron.kernel.settings import Settings
from metatron.processes import migrate as migrate_database
from metatron.processes import work

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
serve = typer.Typer(no_args_is_help=True, help="Serve one process.")
app.add_typer(serve, name="serve")
app.add_typer(checks.app, name="check")


@app.command()
def migrate() -> None:
    """Bring the database of METATRON_DATABASE_OWNER_URL to the newest schema."""
    asyncio.run(migrate_database(Settings()))


@app.command("up")
def up_command(
    data: Annotated[Path, typer.Option(help="Folder of everything that lasts.")] = Path(".data"),
    port: Annotated[int, typer.Option(min=1, max=65535)] = 3000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    *,
    demo: Annotated[bool, typer.Option(help="Seed a demo organisation.")] = True,
) -> None:
    """Run everything on this machine."""
    from metatron.up import Options, up  # noqa: PLC0415 - only this command needs it

    progress = Progress()
    try:
        asyncio.run(up(Options(data.resolve(), port, demo, host), progress))
    except ProcessError as error:
        progress.failure(error)
        raise typer.Exit(1) from error


@app.command("work")
def work_command() -> None:
    """Run the worker: relay, jobs and schedules."""
    asyncio.run(work(Settings()))


@serve.command("web")
def serve_web(workers: Annotated[int | None, typer.Option(min=1, max=64)] = None) -> None:
    """Serve the API and the page."""
    from granian import Granian  # noqa: PLC0415 - only this command needs the server
    from granian.constants import Interfaces  # noqa: PLC0415

    settings = Settings()
    Granian(
        "metatron.processes:web_application",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=workers or settings.workers,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()


def main() -> None:
    """Run the command line."""
    app()
