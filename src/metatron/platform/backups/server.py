"""What the server says about itself, over the address that copies it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from metatron.kernel.process.failures import ProcessError

SLOT = "metatron_archive"
_FACTS = """
select current_setting('server_version_num')::int / 10000 as version,
       (select system_identifier::text from pg_control_system()) as system_id,
       ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int as timeline,
       pg_size_bytes(current_setting('wal_segment_size')) as segment_bytes,
       (select rolname::text from pg_roles where oid = 10) as superuser,
       exists (select from pg_tablespace where spcname !~ '^pg_') as has_tablespaces,
       clock_timestamp() as now
"""
_SLOT = """
select active, wal_status, inactive_since from pg_replication_slots where slot_name = $1
"""
_REACHED = """
select bool_or(write_lsn >= $1::text::pg_lsn) from pg_stat_replication where application_name = $2
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    `timeline` is its present one, `segment_bytes` the size of its files of log, `superuser` the
    role that the cluster was made with.
    """

    version: int
    system_id: str
    timeline: int
    segment_bytes: int
    superuser: str
    has_tablespaces: bool
    now: datetime


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Any]:
    """Give a connection for one errand.

    Raises:
        ProcessError: the server does not let us in.
    """
    try:
        connection = await asyncpg.connect(dsn)
    except (OSError, asyncpg.PostgresError) as error:
        raise ProcessError(
            f"the database does not answer ({type(error).__name__}: {error})",
            "start it (metatron up), or look at METATRON_DATABASE_BACKUP_URL",
        ) from error
    try:
        yield connection
    finally:
        await connection.close()


async def facts(dsn: str) -> Server:
    """Return what there is to know of the server; raises `ProcessError` when it is away."""
    async with connected(dsn) as connection:
        return Server(**dict(await connection.fetchrow(_FACTS)))


async def server_now(dsn: str) -> datetime:
    """Return the time on the server's clock."""
    async with connected(dsn) as connection:
        now: datetime = await connection.fetchval("select clock_timestamp()")
        return now


async def ensure_slot(dsn: str) -> bool:
    """Have the server keep its log until the archive has it; tells whether that is new.

    A slot that the server gave up, because the archive was away for too long, is made anew: what
    lies between is not archived.
    """
    async with connected(dsn) as connection:
        slot = await connection.fetchrow(_SLOT, SLOT)
        if slot is not None and slot["wal_status"] == "lost":
            await connection.execute("select pg_drop_replication_slot($1)", SLOT)
            slot = None
        if slot is None:
            await connection.execute("select pg_create_physical_replication_slot($1, true)", SLOT)
        return slot is None


async def position_now(dsn: str) -> str:
    """Return how far the server has written its log."""
    async with connected(dsn) as connection:
        position: str = await connection.fetchval("select pg_current_wal_flush_lsn()::text")
        return position


async def is_archived(dsn: str, position: str, program_name: str) -> bool | None:
    """Tell whether the archive has the log up to a position.

    None when nobody archives, or when our role may not see how far it is (pg_read_all_stats).
    """
    async with connected(dsn) as connection:
        reached: bool | None = await connection.fetchval(_REACHED, position, program_name)
        return reached
