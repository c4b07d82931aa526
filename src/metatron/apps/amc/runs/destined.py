"""Whether the destinations that a run names are there; what goes to them is another room's."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.runs.errors import DestinationNotFound
from metatron.kernel.context import Context

_IN_USE = text("""
select id from amc.destination
where tenant_id = :tenant_id and archived_at is null and id = any(:ids) for share
""")


async def hold_destinations(session: AsyncSession, context: Context, ids: Iterable[UUID]) -> None:
    """Hold destinations until the transaction ends; raises `DestinationNotFound`."""
    wanted = set(ids)
    if wanted - set(await destinations_left(session, context, wanted)):
        raise DestinationNotFound


async def destinations_left(
    session: AsyncSession, context: Context, ids: Iterable[UUID | str]
) -> tuple[UUID, ...]:
    """Return those of `ids` that are still in use, in their order."""
    wanted = [UUID(str(each)) for each in ids]
    if not wanted:
        return ()
    asked = {"tenant_id": context.tenant_id, "ids": wanted}
    found = set((await session.execute(_IN_USE, asked)).scalars())
    return tuple(each for each in wanted if each in found)
