"""`metatron operator link`: signing in as an operator, for whoever has the machine itself."""

import os
from pathlib import Path

import asyncpg
import typer

from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.platform.identity.quick_link import quick_sign_in_link
from metatron.welcome import FIRST_OPERATOR

_KNOWN = "select state from tenancy.operator where email = $1"


async def print_link(data: Path, *, email: str, port: int) -> bool:
    """Print an operator's one-time sign-in link; tell whether there was one to print.

    The settings of the environment win; without them it is the database in the folder `data`, as
    `metatron up` runs it.
    """
    email = (email or FIRST_OPERATOR).strip().lower()
    embedded = EmbeddedPostgres(data)
    system = os.environ.get("METATRON_DATABASE_SYSTEM_URL") or embedded.dsn("metatron_system")
    application = os.environ.get("METATRON_DATABASE_URL") or embedded.dsn("metatron_app")
    url = os.environ.get("METATRON_PUBLIC_URL") or f"http://localhost:{port}"
    try:
        state = await _state(system, email)
    except (OSError, asyncpg.PostgresError) as error:
        typer.echo(f"the database does not answer ({type(error).__name__}): start metatron up")
        return False
    if state != "active":
        typer.echo(f"{email} is no active operator" if state is None else f"{email} is {state}")
        return False
    link = await quick_sign_in_link(application, email_key=email, public_url=url)
    typer.echo(link or f"{email} has no account")
    return link is not None


async def _state(dsn: str, email: str) -> str | None:
    connection = await asyncpg.connect(dsn)
    try:
        found: str | None = await connection.fetchval(_KNOWN, email)
    finally:
        await connection.close()
    return found
