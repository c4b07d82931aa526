"""Creates and drops whole databases; PostgreSQL quotes the names."""

import asyncio

import asyncpg

DROP_TRIES = 20
RETRY_SECONDS = 0.5


async def create_database(
    connection: "asyncpg.Connection[asyncpg.Record]", name: str, *, template: str = "template1"
) -> None:
    """Create the database `name` as a copy of `template`; the role needs CREATEDB."""
    statement = await connection.fetchval(
        "select format('create database %I template %I', $1::text, $2::text)", name, template
    )
    await connection.execute(statement)


async def drop_database(connection: "asyncpg.Connection[asyncpg.Record]", name: str) -> None:
    """Drop the database `name` if there is one, ending its connections.

    Those of superusers are not for us to end: they are waited for, as that of autovacuum is one.

    Raises:
        asyncpg.InsufficientPrivilegeError: one of them stayed for ten seconds.
    """
    statement = await connection.fetchval(
        "select format('drop database if exists %I with (force)', $1::text)", name
    )
    for left in reversed(range(DROP_TRIES)):
        try:
            await connection.execute(statement)
        except asyncpg.InsufficientPrivilegeError:
            if not left:
                raise
            await asyncio.sleep(RETRY_SECONDS)
        else:
            return
