"""A workflow that something is collected by, and a destination that gets it, stay there."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.collections.queries import SEEN
from metatron.apps.amc.connections.holders import VIEWER, holders_of, holding
from metatron.apps.amc.destinations.errors import DestinationInUse
from metatron.apps.amc.library.errors import WorkflowInUse
from metatron.kernel.context import Context

_SEEN = SEEN.replace("{viewer}", VIEWER)
_OF_WORKFLOW = holders_of(
    "amc.collection c", holds="c.archived_at is null and c.workflow_id = :held", seen=_SEEN
)
_OF_DESTINATION = holders_of(
    "amc.collection c",
    holds="c.archived_at is null and c.destination_ids @> to_jsonb(cast(:held as uuid))",
    seen=_SEEN,
)


async def hold_workflow(session: AsyncSession, context: Context, workflow_id: UUID) -> None:
    """Refuse to archive a workflow that collections run; raises `WorkflowInUse`."""
    found = await holding(session, context, _OF_WORKFLOW, workflow_id)
    if found is not None:
        raise WorkflowInUse(found.told("collections", "run it"))


async def hold_destination(session: AsyncSession, context: Context, destination_id: UUID) -> None:
    """A destination that a collection delivers to is not removed; raises `DestinationInUse`."""
    found = await holding(session, context, _OF_DESTINATION, destination_id)
    if found is not None:
        raise DestinationInUse(found.told("collections", "deliver to it"))
