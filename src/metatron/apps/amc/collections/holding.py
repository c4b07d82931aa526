"""A workflow that something is collected by stays in the library."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.collections.queries import SEEN
from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.library.errors import WorkflowInUse
from metatron.kernel.context import Context

MOST_NAMED = 5
_OF_WORKFLOW = text(
    "select c.name, "
    + SEEN.replace("{viewer}", "cast(:viewer as uuid[])")
    + " as seen from amc.collection c where c.tenant_id = :tenant_id"
    " and c.workflow_id = :workflow_id and c.archived_at is null"
    " order by seen desc, c.created_at limit :most"
)


async def hold_workflow(session: AsyncSession, context: Context, workflow_id: UUID) -> None:
    """Refuse to archive a workflow that collections run; raises `WorkflowInUse`."""
    asked = {
        "tenant_id": context.tenant_id, "workflow_id": workflow_id,
        "viewer": viewer_of(context), "most": MOST_NAMED,
    }  # fmt: skip
    found = (await session.execute(_OF_WORKFLOW, asked)).all()
    if not found:
        return
    names = [row.name for row in found if row.seen]
    if not names:
        raise WorkflowInUse("Collections of clients that you do not see run it.")
    raise WorkflowInUse("These collections run it: " + ", ".join(names))
