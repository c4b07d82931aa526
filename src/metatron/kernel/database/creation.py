"""Creates and drops whole databases; PostgreSQL quotes the names."""

import asyncpg


async def create_database(
    connection: "asyncpg.Connection[asyncpg.Record]", name: str, *, template: str = "template1"
) -> None:
    """Create the database `name` as a copy of `template`; the role needs CREATEDB."""
    statement = await connection.fetchval(
        "select format('create database %I template %I', $1::text, $2::text)", name, template
    )
    await connection.execute(statement)


async def drop_database(connection: "asyncpg.Connection[asyncpg.Record]", name: str) -> None:
    """Drop the database `name` if there is one, ending its connections."""
    statement = await connection.fetchval(
        "select format('drop database if exists %I with (force)', $1::text)", name
    )
    await connection.execute(statement)
