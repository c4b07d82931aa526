"""Takes a workflow that somebody may see, locked for a change."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.library.errors import VersionNotFound, WorkflowNotFound
from metatron.apps.amc.library.tables import Workflow, WorkflowVersion
from metatron.kernel.context import Context

Guard = Callable[[AsyncSession, Context, UUID], Awaitable[None]]
archive_guards: list[Guard] = []
"""Rooms above add what stands against archiving a workflow: each raises `WorkflowInUse`."""


async def visible_workflow(
    session: AsyncSession,
    context: Context,
    workflow_id: UUID,
    *,
    for_change: bool = False,
    or_archived: bool = False,
) -> Workflow:
    """Return a workflow that is shared or one's own, and not archived unless that is asked for.

    Raises:
        WorkflowNotFound: there is none.
    """
    query = select(Workflow).where(
        Workflow.tenant_id == context.tenant_id,
        Workflow.id == workflow_id,
        true() if or_archived else Workflow.archived_at.is_(None),
        or_(Workflow.shared, Workflow.owner_id == context.actor_id),
    )
    if for_change:
        query = query.with_for_update(key_share=True)
    query = query.execution_options(populate_existing=True)
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise WorkflowNotFound
    return found


async def version_of(
    session: AsyncSession, context: Context, workflow: Workflow, number: int | None = None
) -> WorkflowVersion:
    """Return one version of a workflow, the current one without a number.

    Raises:
        VersionNotFound: there is none of that number.
    """
    wanted = workflow.current_version if number is None else number
    key = (context.tenant_id, workflow.id, wanted)
    found = await session.get(WorkflowVersion, key)
    if found is None:
        raise VersionNotFound
    return found
