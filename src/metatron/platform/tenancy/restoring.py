"""Puts one tenant's rows back to how they were in another database; reads go on meanwhile.

The same steps as a move home: freeze, wait for writers, then delete, copy and compare in one
transaction. What stays with the organisation (members, roles, keys) stays as it is today. The rows
that go are written aside first.
"""

import os
import tarfile
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound
from metatron.platform.tenancy import copying
from metatron.platform.tenancy.announce import CHANNEL
from metatron.platform.tenancy.errors import MoveUnderWay, RestoreFailed, TransitionRefused
from metatron.platform.tenancy.mover import LOCK_TIMEOUT
from metatron.platform.tenancy.restored_jobs import replace_jobs
from metatron.platform.tenancy.rights import rights
from metatron.platform.tenancy.site import site

log = structlog.get_logger(__name__)
_ONE_MOVER = "select pg_try_advisory_lock(hashtextextended('metatron.move/' || $1, 0))"
_WRITERS = "select pg_advisory_lock(hashtextextended('metatron.tenant/' || $1, 0))"
_MARK = """
update tenancy.tenant
set state_before_move = case when state = 'moving' then state_before_move else state end,
    state = 'moving', version = version + 1
where id = $1 and deleted_at is null and state in ('active', 'suspended', 'moving')
returning id
"""
_UNMARK = """
update tenancy.tenant
set state = coalesce(state_before_move, 'active'), state_before_move = null, version = version + 1
where id = $1 and state = 'moving'
"""
_HOLD = """
insert into kernel.tenant_hold (tenant_id, reason) values ($1, 'moving')
on conflict (tenant_id) do update set reason = 'moving', purge_after = null
"""
_LET_GO = """
update kernel.tenant_hold set reason = 'moved', purge_after = now() where tenant_id = $1
"""
_RELEASE = "delete from kernel.tenant_hold where tenant_id = $1"
_THAW = "delete from kernel.tenant_hold where tenant_id = $1 and reason = 'moving'"
_PLACE = "select database_name from tenancy.placement where tenant_id = $1 and is_current"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what went for it."""

    tables: int
    rows: int
    replaced_rows: int


@dataclass(frozen=True, slots=True)
class Former:
    """Where the rows of old are.

    Both are the owner's addresses: of the tenant's database and of the home database of then.
    """

    tenant_dsn: str
    home_dsn: str


async def restore_tenant(
    database: Database,
    *,
    tenant_id: UUID,
    former: Former,
    aside: Path,
    progress: Callable[[str], None],
) -> Restored:
    """Put a tenant's rows back.

    Args:
        database: the running installation.
        tenant_id: whose.
        former: where they are taken from; its log is sealed.
        aside: a new file for the rows of today (a tar of CSV files).
        progress: is told of each step.

    Raises:
        NotFound: there is no such tenant, or it was deleted.
        TransitionRefused: it is in a state in which nothing of it may be changed.
        MoveUnderWay: another process is moving it.
        RestoreFailed: nothing has changed.
        OwnerAccessMissing: this process was not given the owner's address.
    """
    async with _connected(site().owner_dsn()) as home:
        if not await home.fetchval(_ONE_MOVER, str(tenant_id)):
            raise MoveUnderWay
        if await database.system.fetchval(_MARK, tenant_id) is None:
            known = await database.system.fetchval(
                "select state from tenancy.tenant where id = $1 and deleted_at is null", tenant_id
            )
            raise TransitionRefused(f"The organisation is {known}.") if known else NotFound
        await _tell(database, tenant_id)
        place = await home.fetchval(_PLACE, tenant_id)
        try:
            async with (
                _connected(site().owner_dsn(place)) as target,
                _connected(former.tenant_dsn) as source,
                _connected(former.home_dsn) as old_home,
            ):
                queue = target if place is None else home
                jobs = partial(replace_jobs, old_home, queue, tenant_id)
                restored = await _replace(
                    source, target, tenant_id, aside=aside, progress=progress, jobs=jobs
                )
        except Exception as error:
            log.exception("restore_failed", tenant_id=str(tenant_id))
            raise RestoreFailed(f"{type(error).__name__}: {error}") from error
        finally:
            await _unfreeze(database, tenant_id, place)
    return restored


async def _replace(
    source: Any,
    target: Any,
    tenant_id: UUID,
    *,
    aside: Path,
    progress: Callable[[str], None],
    jobs: Callable[[], Awaitable[int]],
) -> Restored:
    progress("waiting for writers")
    await target.execute(_HOLD, tenant_id)
    await target.execute("select set_config('lock_timeout', $1, false)", LOCK_TIMEOUT)
    await target.execute(_WRITERS, str(tenant_id))
    modules = rights().modules
    staying = {table for m in modules for table in (*m.home_tables, *m.global_tables)}
    tables = await copying.tenant_tables(target, staying)
    async with source.transaction(isolation="repeatable_read"), target.transaction():
        await copying.bind(source, tenant_id)
        await copying.bind(target, tenant_id)
        progress("writing today's rows aside")
        await _write_aside(target, tables, tenant_id, aside)
        await target.execute(_LET_GO, tenant_id)
        replaced = await copying.purge(target, tables, tenant_id)
        rows = 0
        for number, table in enumerate(tables, 1):
            progress(f"copying {table} ({number} of {len(tables)})")
            rows += await copying.copy_table(source, target, table, tenant_id)
        await jobs()
        await target.execute(_RELEASE, tenant_id)
    return Restored(len(tables), rows, replaced)


async def _write_aside(target: Any, tables: list[str], tenant_id: UUID, aside: Path) -> None:
    """Write the bound tenant's rows into a new tar file, a CSV file with its header for each."""
    with (
        os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
        tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as packed,
    ):
        for table in tables:
            with tempfile.TemporaryFile() as rows:
                await target.copy_from_query(
                    copying.rows_of(table), tenant_id, output=rows, format="csv", header=True
                )
                told = tarfile.TarInfo(f"{table}.csv")
                told.size, told.mode = rows.tell(), 0o600
                rows.seek(0)
                packed.addfile(told, rows)


async def _unfreeze(database: Database, tenant_id: UUID, place: str | None) -> None:
    async with _connected(site().owner_dsn(place)) as target:
        await target.execute(_THAW, tenant_id)
    await database.system.execute(_UNMARK, tenant_id)
    await _tell(database, tenant_id)


async def _tell(database: Database, tenant_id: UUID) -> None:
    await database.system.execute("select pg_notify($1, $2)", CHANNEL, f"tenant:{tenant_id}")


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()
