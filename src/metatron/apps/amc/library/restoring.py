"""Brings versions back, copies workflows, and takes them out of the library."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.library.events import (
    WorkflowArchived,
    WorkflowRestored,
    WorkflowUnarchived,
)
from metatron.apps.amc.library.loading import archive_guards, version_of, visible_workflow
from metatron.apps.amc.library.saving import Origin, change_workflow, create_workflow
from metatron.apps.amc.library.tables import Workflow
from metatron.apps.amc.permissions import EDIT
from metatron.kernel.context import Context
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish


async def restore_version(
    session: AsyncSession,
    context: Context,
    *,
    workflow_id: UUID,
    number: int,
    if_match: str | None = None,
    now: datetime,
) -> Workflow:
    """Save an earlier version once more, as the newest; nothing in between is lost.

    Raises:
        WorkflowNotFound: no such workflow.
        VersionNotFound: it has no such version.
        VersionConflict: it changed since it was read.
    """
    context.demand(EDIT)
    workflow = await visible_workflow(session, context, workflow_id, for_change=True)
    check_if_match(if_match, workflow.version)
    wanted = await version_of(session, context, workflow, number)
    before = workflow.current_version
    text = {
        "sql": wanted.sql, "parameters": wanted.parameters, "privacy": wanted.privacy,
    }  # fmt: skip
    workflow = await change_workflow(
        session, context, workflow_id=workflow_id, about={}, text=text,
        note=f"Version {number} restored", now=now,
    )  # fmt: skip
    if workflow.current_version != before:
        event = WorkflowRestored(
            aggregate_id=workflow.id, from_number=number, number=workflow.current_version
        )
        await publish(session, context, event, now=now)
    return workflow


async def fork_workflow(
    session: AsyncSession, context: Context, *, workflow_id: UUID, name: str, now: datetime
) -> Workflow:
    """Copy a workflow's current version into a workflow of one's own.

    Raises:
        WorkflowNotFound: no such workflow.
    """
    context.demand(EDIT)
    source = await visible_workflow(session, context, workflow_id)
    version = await version_of(session, context, source)
    return await create_workflow(
        session,
        context,
        about={
            "name": name, "description": source.description, "folder": source.folder,
            "tags": list(source.tags), "category": source.category, "shared": source.shared,
        },
        text={
            "sql": version.sql, "parameters": version.parameters, "privacy": version.privacy,
        },
        note=f"Copy of version {version.number}",
        origin=Origin(forked_from=source.id, guide=source.guide),
        now=now,
    )  # fmt: skip


async def archive_workflow(
    session: AsyncSession,
    context: Context,
    *,
    workflow_id: UUID,
    if_match: str | None = None,
    now: datetime,
) -> None:
    """Take a workflow out of the library; its versions stay for the runs that name them.

    Raises:
        WorkflowNotFound: no such workflow.
        WorkflowInUse: something would still run it.
        VersionConflict: it changed since it was read.
    """
    context.demand(EDIT)
    workflow = await visible_workflow(session, context, workflow_id, for_change=True)
    check_if_match(if_match, workflow.version)
    for guard in archive_guards:
        await guard(session, context, workflow_id)
    workflow.archived_at = now
    workflow.version += 1
    await session.flush()
    await publish(session, context, WorkflowArchived(aggregate_id=workflow.id), now=now)


async def unarchive_workflow(
    session: AsyncSession, context: Context, *, workflow_id: UUID, now: datetime
) -> Workflow:
    """Put an archived workflow back into the library; one that is there stays as it is.

    Raises:
        WorkflowNotFound: no such workflow.
    """
    context.demand(EDIT)
    workflow = await visible_workflow(
        session, context, workflow_id, for_change=True, or_archived=True
    )
    if workflow.archived_at is None:
        return workflow
    workflow.archived_at = None
    workflow.version += 1
    await session.flush()
    await publish(session, context, WorkflowUnarchived(aggregate_id=workflow.id), now=now)
    return workflow
