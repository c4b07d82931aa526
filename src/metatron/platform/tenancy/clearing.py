"""What a move left behind, a week later: old rows at home, and databases nobody lives in.

It ends before that when a person of the organisation is erased: they are in it too.
"""

from datetime import datetime
from uuid import UUID

import asyncpg
import structlog

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.platform.tenancy import copying
from metatron.platform.tenancy.dedicated import drop_database
from metatron.platform.tenancy.rights import rights
from metatron.platform.tenancy.site import site

log = structlog.get_logger(__name__)
CLEAR = "tenancy.clear_moved"
_DUE = """
select h.tenant_id from kernel.tenant_hold h
where h.reason = 'moved' and h.purge_after <= $1
  and exists (select from tenancy.placement p
              where p.tenant_id = h.tenant_id and p.is_current and p.state = 'active')
"""


_KEPT = """
select exists (select from kernel.tenant_hold
               where tenant_id = $1 and reason = 'moved' and purge_after is not null)
  or exists (select from tenancy.placement
             where tenant_id = $1 and not is_current and drop_after is not null)
"""
_END_HOLD = """
update kernel.tenant_hold set purge_after = least(purge_after, $2)
where tenant_id = $1 and reason = 'moved' and purge_after is not null
"""
_END_PLACE = """
update tenancy.placement set drop_after = least(drop_after, $2)
where tenant_id = $1 and not is_current and drop_after is not null
"""


_IN_USE_AT_HOME = frozenset({"kernel.outbox", "kernel.tenant_clock"})
"""What is announced and timed at home, wherever the tenant lives."""


async def purge_moved(database: Database, *, now: datetime) -> int:
    """Delete rows at home of tenants that moved away a week ago; returns how many tenants.

    Only for tenants whose registry entry says that they live elsewhere; each in a transaction of
    its own, bound to that tenant, by the owner role.
    """
    due = [UUID(str(row[0])) for row in await database.system.fetch(_DUE, now)]
    if not due:
        return 0
    owner = await asyncpg.connect(site().owner_dsn())
    try:
        modules = rights().modules
        staying = {t for m in modules for t in (*m.home_tables, *m.global_tables)}
        tables = [
            table
            for table in await copying.tenant_tables(owner, staying)
            if table not in _IN_USE_AT_HOME
        ]
        for tenant_id in due:
            async with owner.transaction():
                await copying.bind(owner, tenant_id)
                await copying.purge(owner, tables, tenant_id)
                await owner.execute(
                    "update kernel.tenant_hold set purge_after = null where tenant_id = $1",
                    tenant_id,
                )
    finally:
        await owner.close()
    return len(due)


async def drop_retired(database: Database, *, now: datetime) -> int:
    """Drop databases whose tenant left a week ago, or that a failed move made.

    Returns how many; one that is still in use is tried again next time.
    """
    rows = await database.system.fetch(
        "select database_name from tenancy.placement where not is_current and drop_after <= $1",
        now,
    )
    return sum([await drop_database(database, row["database_name"]) for row in rows])


async def end_kept_copies(database: Database, tenant_id: UUID, *, now: datetime) -> bool:
    """End the week's grace of what moves left of a tenant; tells whether anything was kept.

    Old rows at home go at once; a database that another process still holds a connection to, with
    the next `clear_moved`. `now` is the machine's own, as the time of grace is.

    Raises:
        OwnerAccessMissing: something is kept, and this process cannot delete it.
    """
    if not await database.system.fetchval(_KEPT, tenant_id):
        return False
    owner = await asyncpg.connect(site().owner_dsn())
    try:
        await owner.execute(_END_HOLD, tenant_id, now)
    finally:
        await owner.close()
    await database.system.execute(_END_PLACE, tenant_id, now)
    log.info("kept_copy_ended_early", tenant_id=str(tenant_id))
    await purge_moved(database, now=now)
    await drop_retired(database, now=now)
    return True


async def clear_moved(database: Database, context: Context, *, now: datetime) -> None:
    """Do both; runs daily as a job."""
    assert context.actor_kind == "system", "clearing is the system's own work"
    await purge_moved(database, now=now)
    await drop_retired(database, now=now)
