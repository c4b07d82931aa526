"""Takes collections, locked for a change."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.collections.errors import CollectionNotFound
from metatron.apps.amc.collections.tables import Collection
from metatron.apps.amc.library.errors import WorkflowInUse
from metatron.apps.amc.library.loading import archive_guards
from metatron.kernel.context import Context


async def load(session: AsyncSession, context: Context, collection_id: UUID) -> Collection:
    """Return a collection, locked; raises `CollectionNotFound`."""
    key = (context.tenant_id, collection_id)
    found = await session.get(Collection, key, with_for_update=True, populate_existing=True)
    if found is None or found.archived_at is not None:
        raise CollectionNotFound
    return found


async def _hold_workflow(session: AsyncSession, context: Context, workflow_id: UUID) -> None:
    """A workflow that something is collected by is not archived; raises `WorkflowInUse`."""
    query = select(Collection.name).where(
        Collection.tenant_id == context.tenant_id,
        Collection.workflow_id == workflow_id,
        Collection.archived_at.is_(None),
    )
    names = list((await session.scalars(query.limit(5))).all())
    if names:
        raise WorkflowInUse("These collections run it: " + ", ".join(names))


archive_guards.append(_hold_workflow)
