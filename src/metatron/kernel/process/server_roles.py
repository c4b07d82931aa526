"""The database roles and the database of the embedded server."""

from collections.abc import Mapping

import asyncpg

OWNER = "metatron_owner"
APPLICATION = "metatron_app"
SYSTEM = "metatron_system"
ROLES = (OWNER, APPLICATION, SYSTEM)
BACKUP = "metatron_backup"
"""Copies the server's files and follows its log; reads and writes no table."""
DATABASE = "metatron"

# Rights that no role of ours may ever have, said again at every start.
_HARMLESS = "login nosuperuser nobypassrls nocreaterole"
_MORE = {OWNER: "createdb noreplication", BACKUP: "nocreatedb replication"}


async def ensure_roles(superuser_dsn: str, passwords: Mapping[str, str]) -> None:
    """Bring the roles and the database into being, or back to their rights; idempotent.

    `passwords` maps each of `ROLES`, and `BACKUP`, to its password. The owner may create databases
    (dedicated tenants, test templates) and owns `metatron`; the others own nothing.
    """
    connection = await asyncpg.connect(superuser_dsn)
    try:
        # Two starts at once would both find the role missing.
        await connection.execute("select pg_advisory_lock(hashtext('metatron.ensure_roles'))")
        for role in (*ROLES, BACKUP):
            await _ensure_role(connection, role, passwords[role])
        # How far the archive has come is shown to those alone who may see statistics.
        await connection.execute(f"grant pg_read_all_stats to {BACKUP}")
        await _ensure_database(connection)
    finally:
        await connection.close()


async def _ensure_role(connection: asyncpg.Connection, role: str, password: str) -> None:
    known = await connection.fetchval("select true from pg_roles where rolname = $1", role)
    verb = "alter" if known else "create"
    rights = f"{_HARMLESS} {_MORE.get(role, 'nocreatedb noreplication')}"
    statement = await connection.fetchval(
        "select format('%s role %I with %s password %L', $1::text, $2::text, $3::text, $4::text)",
        verb,
        role,
        rights,
        password,
    )
    await connection.execute(statement)


async def _ensure_database(connection: asyncpg.Connection) -> None:
    if not await connection.fetchval("select true from pg_database where datname = $1", DATABASE):
        await connection.execute(f"create database {DATABASE} owner {OWNER}")
    await connection.execute(f"revoke all on database {DATABASE} from public")
    await connection.execute(f"grant connect on database {DATABASE} to {APPLICATION}, {SYSTEM}")
