"""`metatron check ...`: gates that need the program itself."""

import asyncio
import difflib
import os
from pathlib import Path
from typing import Annotated

import asyncpg
import orjson
import typer
from pydantic import SecretStr
from sqlalchemy import Connection

from metatron.kernel.database.creation import create_database
from metatron.kernel.database.migrations import applied_revisions, at_heads, downgrade, upgrade
from metatron.kernel.database.session import create_engine
from metatron.kernel.http.application import create_application
from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.shared_server import run_directory, shared_server
from metatron.kernel.settings import Settings
from metatron.processes import all_modules, migration_folders

app = typer.Typer(no_args_is_help=True, help="Gates that need the program itself.")
OPENAPI_FILE = Path(__file__).parents[2] / "web" / "openapi.json"


@app.command()
def migrations() -> None:
    """Run every migration up, down and up again on a database of its own."""
    with shared_server(run_directory(f"check-{os.getpid()}")) as server:
        asyncio.run(_up_and_down(server))


async def _up_and_down(server: EmbeddedPostgres) -> None:
    name = f"check_{new_id().hex}"
    connection = await asyncpg.connect(server.dsn("metatron_owner", "metatron"))
    await create_database(connection, name)
    await connection.close()
    engine = create_engine(server.dsn("metatron_owner", name), size=1)
    for step in (upgrade, downgrade, upgrade):
        async with engine.begin() as transaction:
            await transaction.run_sync(step, migration_folders())
            await transaction.run_sync(_expect, nothing=step is downgrade)
    await engine.dispose()


def _expect(connection: Connection, *, nothing: bool) -> None:
    applied = applied_revisions(connection)
    if nothing:
        assert not applied, f"left behind: {applied}"
    else:
        assert at_heads(applied, migration_folders()), applied


def openapi_document() -> bytes:
    """Return the OpenAPI document of all modules, with sorted keys."""
    settings = Settings(web_dist=None, cors_origins=(), secret_keys=SecretStr(""))
    document = create_application(settings, all_modules()).openapi()
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


@app.command()
def openapi(
    *, write: Annotated[bool, typer.Option(help="Write the file instead of comparing it.")] = False
) -> None:
    """Compare web/openapi.json, from which the page's client is made, with the program."""
    fresh = openapi_document()
    if write:
        OPENAPI_FILE.write_bytes(fresh)
        return
    kept = OPENAPI_FILE.read_bytes() if OPENAPI_FILE.exists() else b""
    if kept != fresh:
        lines = difflib.unified_diff(kept.decode().splitlines(), fresh.decode().splitlines(), n=1)
        for line in list(lines)[:40]:
            typer.echo(line)
        typer.echo("mend: python -m metatron check openapi --write, then npm run generate in web/")
        raise typer.Exit(1)
