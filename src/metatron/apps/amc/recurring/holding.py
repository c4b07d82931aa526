"""A workflow that a schedule runs, and a destination it delivers to, stay there."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.grants import granted
from metatron.apps.amc.connections.holders import VIEWER, holders_of, holding
from metatron.apps.amc.destinations.errors import DestinationInUse
from metatron.apps.amc.library.errors import WorkflowInUse
from metatron.kernel.context import Context

_SEEN = granted("s.instance_id", VIEWER)
_OF_WORKFLOW = holders_of("amc.schedule s", holds="s.workflow_id = :held", seen=_SEEN)
_OF_DESTINATION = holders_of(
    "amc.schedule s", holds="s.destination_ids @> to_jsonb(cast(:held as uuid))", seen=_SEEN
)


async def hold_workflow(session: AsyncSession, context: Context, workflow_id: UUID) -> None:
    """Refuse to archive a workflow that schedules run; raises `WorkflowInUse`."""
    found = await holding(session, context, _OF_WORKFLOW, workflow_id)
    if found is not None:
        raise WorkflowInUse(found.told("schedules", "run it"))


async def hold_destination(session: AsyncSession, context: Context, destination_id: UUID) -> None:
    """A destination that a schedule delivers to is not removed; raises `DestinationInUse`."""
    found = await holding(session, context, _OF_DESTINATION, destination_id)
    if found is not None:
        raise DestinationInUse(found.told("schedules", "deliver to it"))
