"""The database roles and the database of the embedded server."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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

    `passwords` maps each of `ROLES` to its password, and `BACKUP` where it is wanted. The owner
    may create databases (dedicated tenants, test templates) and owns `metatron`; the others own
    nothing.
    """
    connection = await asyncpg.connect(superuser_dsn)
    try:
        # Two starts at once would both find the role missing.
        await connection.execute("select pg_advisory_lock(hashtext('metatron.ensure_roles'))")
        for role in (*ROLES, BACKUP):
            if role != BACKUP or role in passwords:
                await _ensure_role(connection, role, passwords[role])
        if BACKUP in passwords:
            # How far the archive has come is shown to those alone who may see statistics.
            await connection.execute(f"grant pg_read_all_stats to {BACKUP}")
        await _ensure_database(connection)
    finally:
        await connection.close()


@dataclass(frozen=True, slots=True)
class ServiceRoles:
    """The two login roles of a service that runs apart.

    `without` names schemas it may not touch, `published_only` those of which it may read what
    their owner publishes.
    """

    service: str
    role: str
    system_role: str
    without: tuple[str, ...] = ()
    published_only: tuple[str, ...] = ()


async def ensure_service_roles(
    superuser_dsn: str, services: Iterable[ServiceRoles], passwords: Mapping[str, str]
) -> None:
    """Bring the services' roles into being, or back to their rights; idempotent.

    The rights on tables follow with `service_grants.settle`, in each database. The system roles
    inherit from metatron_system, for its policies are meant for them as well, but cannot become it.

    Args:
        superuser_dsn: of a role that may create roles and lend metatron_system.
        services: whose roles.
        passwords: by name of role.
    """
    connection = await asyncpg.connect(superuser_dsn)
    try:
        await connection.execute("select pg_advisory_lock(hashtext('metatron.ensure_roles'))")
        for each in services:
            for role in (each.role, each.system_role):
                await _ensure_role(connection, role, passwords[role])
            told = {
                "metatron_service": each.service,
                "without": each.without,
                "published_only": each.published_only,
            }
            await _execute(connection, "comment on role %I is %L", each.role, json.dumps(told))
            await _execute(
                connection,
                "grant %I to %I with inherit true, set false, admin false",
                SYSTEM,
                each.system_role,
            )
    finally:
        await connection.close()


async def _execute(connection: asyncpg.Connection, shape: str, *words: str) -> None:
    """Run a statement whose words PostgreSQL itself quotes."""
    statement = await connection.fetchval(
        "select format($1, variadic $2::text[])", shape, list(words)
    )
    await connection.execute(statement)


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
