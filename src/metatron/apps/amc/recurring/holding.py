"""A workflow that a schedule runs stays in the library."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.grants import granted, viewer_of
from metatron.apps.amc.destinations.errors import DestinationInUse
from metatron.apps.amc.library.errors import WorkflowInUse
from metatron.apps.amc.recurring.tables import Schedule
from metatron.kernel.context import Context

MOST_NAMED = 5
_OF_WORKFLOW = text(
    "select s.name, "
    + granted("s.instance_id", "cast(:viewer as uuid[])")
    + " as seen from amc.schedule s where s.tenant_id = :tenant_id"
    " and s.workflow_id = :workflow_id order by seen desc, s.created_at limit :most"
)


async def hold_workflow(session: AsyncSession, context: Context, workflow_id: UUID) -> None:
    """Refuse to archive a workflow that schedules run; raises `WorkflowInUse`."""
    asked = {
        "tenant_id": context.tenant_id, "workflow_id": workflow_id,
        "viewer": viewer_of(context), "most": MOST_NAMED,
    }  # fmt: skip
    found = (await session.execute(_OF_WORKFLOW, asked)).all()
    if not found:
        return
    names = [row.name for row in found if row.seen]
    if not names:
        raise WorkflowInUse("Schedules of clients that you do not see run it.")
    raise WorkflowInUse("These schedules run it: " + ", ".join(names))


async def hold_destination(session: AsyncSession, context: Context, destination_id: UUID) -> None:
    """A destination that a schedule delivers to is not removed; raises `DestinationInUse`."""
    query = select(Schedule.name).where(
        Schedule.tenant_id == context.tenant_id,
        Schedule.destination_ids.contains([str(destination_id)]),
    )
    names = list((await session.scalars(query.limit(5))).all())
    if names:
        raise DestinationInUse("These schedules deliver to it: " + ", ".join(names))
