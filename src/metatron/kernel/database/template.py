"""A database of the newest schema that others are copied from: no migration runs for each of them.

Nobody may connect to it, so that a copy never waits. Its name says which migrations it holds.
"""

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import asyncpg
import structlog

from metatron.kernel.database.creation import create_database, drop_database
from metatron.kernel.database.rendering import render
from metatron.kernel.ids import new_id

log = structlog.get_logger(__name__)
PREFIX = "metatron_template_"
_OUTDATED = """
select datname from pg_database
where starts_with(datname, $1) and datname <> $2 and pg_get_userbyid(datdba) = current_user
  and not datallowconn
"""
# Several that begin at once would each make one: seconds of work for all but the first in vain.
_LOCK = "select pg_advisory_lock(hashtextextended('metatron.template', 0))"
_UNLOCK = "select pg_advisory_unlock(hashtextextended('metatron.template', 0))"
_SHUT = "select format('alter database %I with allow_connections false', $1::text)"
_RENAME = "select format('alter database %I rename to %I', $1::text, $2::text)"


@lru_cache(maxsize=8)
def template_name(folders: tuple[Path, ...]) -> str:
    """Return the name of the template that holds what these folders' files make."""
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.glob("*.*")):
            if file.suffix in {".py", ".sql"}:
                digest.update(file.read_bytes())
    return PREFIX + digest.hexdigest()[:16]


async def ensure_template(
    owner: "asyncpg.Connection[asyncpg.Record]",
    dsn_of: Callable[[str], str],
    folders: Sequence[Path],
) -> str:
    """Return the name of the template with the newest schema, made if there is none.

    Args:
        owner: a connection of the owner role, to any database of the server.
        dsn_of: the owner's address of a database on that server.
        folders: the migrations.
    """
    name = template_name(tuple(folders))
    if await _is_there(owner, name):
        return name
    await owner.execute(_LOCK)
    try:
        # Whoever was waited for has made it.
        if not await _is_there(owner, name):
            await _make(owner, dsn_of, folders, name)
    finally:
        await owner.execute(_UNLOCK)
    await _drop_outdated(owner, name)
    return name


async def _make(
    owner: "asyncpg.Connection[asyncpg.Record]",
    dsn_of: Callable[[str], str],
    folders: Sequence[Path],
    name: str,
) -> None:
    # Under a name of its own first: what a killed process leaves behind is nobody's template.
    fresh = f"{name}_{new_id().hex[-12:]}"
    await create_database(owner, fresh)
    connection = await asyncpg.connect(dsn_of(fresh))
    try:
        await connection.execute(render(folders, ()))
        # Ended row versions would be copied each time.
        await connection.execute("vacuum (freeze, analyze)")
    finally:
        await connection.close()
    await owner.execute(await owner.fetchval(_SHUT, fresh))
    try:
        await owner.execute(await owner.fetchval(_RENAME, fresh, name))
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        # Somebody whose lock is in another database was at it; of two at once one hears the latter.
        await drop_database(owner, fresh)


async def _is_there(owner: "asyncpg.Connection[asyncpg.Record]", name: str) -> bool:
    return bool(
        await owner.fetchval("select exists (select from pg_database where datname = $1)", name)
    )


async def _drop_outdated(owner: "asyncpg.Connection[asyncpg.Record]", name: str) -> None:
    """Drop the templates of other schemas, but those that somebody copies at this moment."""
    for row in await owner.fetch(_OUTDATED, PREFIX, name):
        with contextlib.suppress(asyncpg.PostgresError):
            await drop_database(owner, row["datname"])
            log.info("template_dropped", template=row["datname"])
