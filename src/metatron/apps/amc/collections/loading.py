"""Takes collections, locked for a change, and tells who may do what with their clients."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.collections.errors import CollectionNotFound
from metatron.apps.amc.collections.tables import Collection
from metatron.apps.amc.connections.grants import LEVELS, Level, granted, viewer_of
from metatron.kernel.context import Context
from metatron.kernel.errors import PermissionDenied

_VIEWER = "cast(:viewer as uuid[])"
_MAY = {
    level: text(
        "select coalesce(bool_or(x.sees), false) as sees, bool_and(x.may) as may_all,"
        " bool_and(x.may) filter (where x.sees) as may_seen from (select "
        + granted("k.instance_id", _VIEWER)
        + " as sees, "
        + granted("k.instance_id", _VIEWER, level)
        + " as may from amc.collection_client k"
        " where k.tenant_id = :tenant_id and k.collection_id = :id) x"
    )
    for level in LEVELS
}


async def load(
    session: AsyncSession, context: Context, collection_id: UUID, *, level: Level = "read"
) -> Collection:
    """Return a collection, locked.

    Raises:
        CollectionNotFound: there is none with a client that the actor may see.
        PermissionDenied: the actor may not do `level` with each of its clients.
    """
    key = (context.tenant_id, collection_id)
    found = await session.get(Collection, key, with_for_update=True, populate_existing=True)
    if found is None or found.archived_at is not None:
        raise CollectionNotFound
    await demand_clients(session, context, collection_id, level, whole=level != "read")
    return found


async def demand_clients(
    session: AsyncSession,
    context: Context,
    collection_id: UUID,
    level: Level = "read",
    *,
    whole: bool = False,
) -> None:
    """Let pass who sees one of a collection's clients and may do `level` with all they see.

    `whole` asks for `level` with those too that the actor does not see.

    Raises:
        CollectionNotFound: the actor sees none of its clients.
        PermissionDenied: the actor may not do so much.
    """
    viewer = viewer_of(context)
    if viewer is None:
        return
    asked = {"tenant_id": context.tenant_id, "id": collection_id, "viewer": viewer}
    found = (await session.execute(_MAY[level], asked)).one()
    if not found.sees:
        raise CollectionNotFound
    if not (found.may_all if whole else found.may_seen):
        raise PermissionDenied(LEVELS[level])
