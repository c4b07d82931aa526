"""Adds workflows and changes them: each change of the text is a new version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.library.errors import OwnerOnly
from metatron.apps.amc.library.events import WorkflowChanged, WorkflowCreated
from metatron.apps.amc.library.loading import version_of, visible_workflow
from metatron.apps.amc.library.tables import Workflow, WorkflowVersion
from metatron.apps.amc.permissions import EDIT
from metatron.kernel.context import Context
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id

ABOUT = frozenset({"name", "description", "folder", "tags", "category", "shared"})
"""What a person may set about a workflow."""
TEXT = frozenset({"sql", "parameters", "privacy"})
"""What makes a version."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a new workflow comes from."""

    forked_from: UUID | None = None
    guide: str | None = None


async def create_workflow(
    session: AsyncSession,
    context: Context,
    *,
    about: dict[str, Any],
    text: dict[str, Any],
    note: str = "",
    origin: Origin | None = None,
    now: datetime,
) -> Workflow:
    """Add a workflow with its first version; whoever adds it owns it.

    `text` holds sql, parameters (rows as they are stored) and privacy.
    """
    context.demand(EDIT)
    assert about.keys() <= ABOUT
    assert text.keys() == TEXT
    came = origin or Origin()
    workflow = Workflow(
        tenant_id=context.tenant_id, id=new_id(), owner_id=_person(context),
        forked_from=came.forked_from, guide=came.guide, current_version=1, created_at=now,
        updated_at=now, version=1, **about,
    )  # fmt: skip
    session.add(workflow)
    await session.flush()
    _add_version(session, context, workflow, text, note=note, now=now)
    await session.flush()
    event = WorkflowCreated(
        aggregate_id=workflow.id, forked_from=came.forked_from, guide=came.guide
    )
    await publish(session, context, event, now=now)
    return workflow


async def change_workflow(
    session: AsyncSession,
    context: Context,
    *,
    workflow_id: UUID,
    about: dict[str, Any],
    text: dict[str, Any],
    note: str = "",
    if_match: str | None = None,
    now: datetime,
) -> Workflow:
    """Change what is said about a workflow, its text, or both; an equal text is no new version.

    Raises:
        WorkflowNotFound: no such workflow.
        OwnerOnly: somebody else's workflow cannot be made private.
        VersionConflict: it changed since it was read.
    """
    context.demand(EDIT)
    assert about.keys() <= ABOUT
    assert text.keys() <= TEXT
    workflow = await visible_workflow(session, context, workflow_id, for_change=True)
    check_if_match(if_match, workflow.version)
    if about.get("shared") is False and workflow.owner_id != _person(context):
        raise OwnerOnly
    fields = sorted(name for name, value in about.items() if getattr(workflow, name) != value)
    for name in fields:
        setattr(workflow, name, about[name])
    current = await version_of(session, context, workflow)
    kept = {name: getattr(current, name) for name in TEXT}
    if kept | text != kept:
        workflow.current_version += 1
        _add_version(session, context, workflow, kept | text, note=note, now=now)
        fields += sorted(name for name in text if kept[name] != text[name])
    if fields:
        workflow.version += 1
        workflow.updated_at = now
        await session.flush()
        event = WorkflowChanged(
            aggregate_id=workflow.id, fields=fields, number=workflow.current_version
        )
        await publish(session, context, event, now=now)
    return workflow


def _add_version(
    session: AsyncSession,
    context: Context,
    workflow: Workflow,
    text: dict[str, Any],
    *,
    note: str,
    now: datetime,
) -> None:
    session.add(
        WorkflowVersion(
            tenant_id=context.tenant_id,
            workflow_id=workflow.id,
            number=workflow.current_version,
            note=note,
            saved_by=_person(context),
            saved_at=now,
            **text,
        )
    )


def _person(context: Context) -> UUID | None:
    return context.actor_id if context.actor_kind == "user" else None
