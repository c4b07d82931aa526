"""How much of an organisation's storage is used; a content that several files share counts once."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.platform.tenancy.interface import LimitReached, register_meter, tenant_limits

GIGABYTE = 10**9
_LOCK = text("select pg_advisory_xact_lock(hashtextextended('files.quota/' || :id, 0))")
_HELD = text("""
select coalesce(sum(size_bytes), 0)::bigint from (
  select distinct on (sha256) size_bytes from files.file
  where tenant_id = :tenant_id and state = 'stored' order by sha256) content
""")


async def check_room(session: AsyncSession, context: Context, size_bytes: int) -> None:
    """Refuse a content that the tenant has no room for; holds its other uploads until the end.

    Raises:
        LimitReached: with it the tenant would hold more than its plan allows.
    """
    limits = await tenant_limits(session, context.tenant_id)
    if limits is None or limits.storage_gb is None:
        return
    await session.execute(_LOCK, {"id": str(context.tenant_id)})
    held = await held_bytes(session, context)
    allowed = limits.storage_gb * GIGABYTE
    if held + size_bytes > allowed:
        left = max(0, allowed - held)
        detail = f"{left} of {allowed} bytes are free, the file has {size_bytes}."
        used = _gigabytes(held)
        raise LimitReached("storage_gb", allowed=limits.storage_gb, used=used, detail=detail)


async def held_bytes(session: AsyncSession, context: Context) -> int:
    """Return the bytes of the tenant's stored contents."""
    found = await session.execute(_HELD, {"tenant_id": context.tenant_id})
    return int(found.scalar_one())


async def measure_storage(database: Database, tenant_id: UUID) -> float:
    """Return what a tenant's files take, in GB to the nearest MB."""
    context = system_context(tenant_id)
    async with database.transaction(context) as session:
        return _gigabytes(await held_bytes(session, context))


def _gigabytes(size_bytes: int) -> float:
    return round(size_bytes / GIGABYTE, 3)


register_meter("storage_gb", measure_storage)
