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

from metatron.audits import dependencies as audits
from metatron.audits.secret_scan import scan
from metatron.kernel.clock import utc_now
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
ROOT = Path(__file__).parents[2]
OPENAPI_FILE = ROOT / "web" / "openapi.json"


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
    """Compare web/openapi.json, to which the page's types and calls are held, with the program."""
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


@app.command()
def secrets() -> None:
    """Look for keys, tokens and passwords in the tracked files and in what commits added."""
    found = scan(ROOT)
    for each in found:
        typer.echo(f"{each.place}: {each.kind} {each.fingerprint}")
    if found:
        typer.echo(
            "mend: take it out and revoke it, for whoever has a copy has the secret;"
            " put the fingerprint of what is none into .allowed-secrets with the reason"
        )
        raise typer.Exit(1)


@app.command()
def dependencies(
    *,
    required: Annotated[
        bool, typer.Option(envvar="METATRON_AUDIT_REQUIRED", help="Fail without an answer.")
    ] = False,
) -> None:
    """Ask the public advisories about what the lock files pin."""
    passed, wrong = audits.accepted(ROOT, today=utc_now().date()), False
    for answer in audits.audit(ROOT):
        if answer.away:
            wrong = wrong or required
            typer.echo(
                f"{answer.lock}: NOT AUDITED, the advisories were not reached: {answer.away}"
            )
        for each in answer.advisories:
            wrong = wrong or each.id not in passed
            typer.echo(
                f"{answer.lock}: {each.package} {each.version}: {each.id} {each.summary};"
                f" fixed in {each.fixed_in or 'nothing yet'}; {passed.get(each.id, 'NOT ACCEPTED')}"
            )
        if not answer.away and not answer.advisories:
            typer.echo(f"{answer.lock}: nothing is known against it")
    if wrong:
        typer.echo("mend: lock newer versions, or accept it for a while (SECURITY.md says how)")
        raise typer.Exit(1)
