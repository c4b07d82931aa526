"""The `metatron` command."""

import asyncio
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import create_async_engine

from metatron.kernel.database.migrations import upgrade
from metatron.kernel.settings import Settings
from metatron.processes import migration_folders, work

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
serve = typer.Typer(no_args_is_help=True, help="Serve one process.")
app.add_typer(serve, name="serve")


@app.command()
def migrate() -> None:
    """Bring the database of METATRON_DATABASE_OWNER_URL to the newest schema."""
    asyncio.run(_migrate(Settings()))


async def _migrate(settings: Settings) -> None:
    dsn = settings.database_owner_url.get_secret_value()
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, migration_folders())
    await engine.dispose()


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
