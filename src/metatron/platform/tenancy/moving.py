"""Moves a tenant between the home database and one of its own; reads go on meanwhile.

1 mark: the tenant's state becomes `moving`, a new database is made if needed. 2 freeze: a hold in
the source makes every transaction there read-only; the mover then takes the lock that writers
share, and so waits for the last of them, and has the log sealed. 3 copy and compare, in one
transaction. 4 flip: registry, state and holds change in one transaction of the home database. A
failure before the flip lifts the hold and leaves the source as the truth; the same call then
starts anew.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import asyncpg
import structlog

from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound
from metatron.platform.tenancy.announce import CHANNEL
from metatron.platform.tenancy.dedicated import create_database, drop_database
from metatron.platform.tenancy.errors import MoveFailed, MoveUnderWay, TransitionRefused
from metatron.platform.tenancy.mover import Moved, Mover, Where
from metatron.platform.tenancy.sealing_port import sealing
from metatron.platform.tenancy.site import site

log = structlog.get_logger(__name__)

_ONE_MOVER = "select pg_try_advisory_lock(hashtextextended('metatron.move/' || $1, 0))"
_MARK = """
update tenancy.tenant
set state_before_move = case when state = 'moving' then state_before_move else state end,
    state = 'moving', version = version + 1
where id = $1 and deleted_at is null and state in ('active', 'suspended', 'moving', 'provisioning')
  and placement <> $2
returning id
"""
_UNMARK = """
update tenancy.tenant
set state = coalesce(state_before_move, 'active'), state_before_move = null, version = version + 1
where id = $1 and state = 'moving'
"""
_RELEASE = "delete from kernel.tenant_hold where tenant_id = $1 and reason = 'moving'"


def _say_nothing(_step: str) -> None:
    """Take progress nobody asked for."""


async def move_tenant(
    database: Database,
    *,
    tenant_id: UUID,
    to: Where,
    now: datetime,
    progress: Callable[[str], None] = _say_nothing,
) -> Moved:
    """Move a tenant's rows; returns what was carried.

    Raises:
        NotFound: there is no such tenant.
        TransitionRefused: it is there already, or in a state that cannot move.
        MoveUnderWay: another process is moving it.
        MoveFailed: nothing has changed; the source goes on.
        OwnerAccessMissing: this process cannot create databases.
    """
    home = await asyncpg.connect(site().owner_dsn())
    try:
        if not await home.fetchval(_ONE_MOVER, str(tenant_id)):
            raise MoveUnderWay
        source_name = await _mark(database, tenant_id, to)
        made: str | None = None
        try:
            if to == "dedicated":
                progress("making the database")
                made = await create_database(database.system, tenant_id, now=now)
            mover = Mover(
                home,
                tenant_id,
                source_name=source_name,
                target_name=made,
                now=now,
                seal=lambda: _seal(database, tenant_id, source_name),
                progress=progress,
            )
            moved = await mover.run()
        except Exception as error:
            log.exception("move_failed", tenant_id=str(tenant_id), to=to)
            await _give_up(database, tenant_id, source_name, made)
            raise MoveFailed(f"{type(error).__name__}: {error}") from error
    finally:
        await home.close()
    await _tell(database, tenant_id)
    return moved


async def _why_not(
    connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]", tenant_id: UUID, to: Where
) -> str:
    """Tell whoever asked for a move that is refused what stands against it."""
    found = await connection.fetchrow(
        "select placement, state from tenancy.tenant where id = $1", tenant_id
    )
    if found is not None and found["placement"] == to:
        return f"This organisation is {to} already; there is nothing to move."
    state = "gone" if found is None else found["state"]
    return f"This organisation is {state}; only an active or a suspended one can be moved."


async def _mark(database: Database, tenant_id: UUID, to: Where) -> str | None:
    """Set the state; return the name of the database in which the tenant lives now."""
    async with database.system.acquire() as connection, connection.transaction():
        known = await connection.fetchval(
            "select id from tenancy.tenant where id = $1 and deleted_at is null", tenant_id
        )
        if known is None:
            raise NotFound
        if await connection.fetchval(_MARK, tenant_id, to) is None:
            raise TransitionRefused(await _why_not(connection, tenant_id, to))
        name: str | None = await connection.fetchval(
            "select database_name from tenancy.placement where tenant_id = $1 and is_current",
            tenant_id,
        )
        # What a crashed move left behind: never current, so nobody's.
        await connection.execute(
            "update tenancy.placement set state = 'failed', drop_after = now()"
            " where tenant_id = $1 and not is_current and state in ('provisioning', 'active')",
            tenant_id,
        )
        await connection.execute("select pg_notify($1, $2)", CHANNEL, f"tenant:{tenant_id}")
    return name


async def _seal(database: Database, tenant_id: UUID, source_name: str | None) -> int:
    """Seal the tenant's frozen log where it lives now."""
    pools = await database.router.system_pools({tenant_id}) if source_name else [database.system]
    return await sealing()(pools[0], tenant_id)


async def _give_up(
    database: Database, tenant_id: UUID, source_name: str | None, made: str | None
) -> None:
    source = await asyncpg.connect(site().owner_dsn(source_name))
    try:
        await source.execute(_RELEASE, tenant_id)
    finally:
        await source.close()
    await database.system.execute(_UNMARK, tenant_id)
    await _tell(database, tenant_id)
    if made is not None:
        await drop_database(database, made)


async def _tell(database: Database, tenant_id: UUID) -> None:
    await database.system.execute("select pg_notify($1, $2)", CHANNEL, f"tenant:{tenant_id}")
    forget = getattr(database.router.directory, "forget", None)
    if forget is not None:
        forget(tenant_id)
