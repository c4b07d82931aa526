"""What hangs on a workflow: favourites, saved values, and how often it was run."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.library.errors import ParameterSetNotFound, ParameterSetTaken
from metatron.apps.amc.library.events import ParameterSetDeleted, ParameterSetSaved
from metatron.apps.amc.library.loading import visible_workflow
from metatron.apps.amc.library.tables import ParameterSet
from metatron.apps.amc.permissions import EDIT, READ
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id

_MARK = text(
    "insert into amc.workflow_favourite (tenant_id, workflow_id, user_id)"
    " values (:tenant_id, :workflow_id, :user_id) on conflict do nothing"
)
_UNMARK = text(
    "delete from amc.workflow_favourite where tenant_id = :tenant_id"
    " and workflow_id = :workflow_id and user_id = :user_id"
)
_COUNT_RUN = text(
    "update amc.workflow set runs = runs + 1, last_run_at = greatest(last_run_at, :now)"
    " where tenant_id = :tenant_id and id = :workflow_id"
)


async def set_favourite(
    session: AsyncSession, context: Context, *, workflow_id: UUID, is_favourite: bool
) -> None:
    """Mark a workflow as one's favourite, or no longer.

    Raises:
        WorkflowNotFound: no such workflow.
    """
    context.demand(READ)
    await visible_workflow(session, context, workflow_id)
    values = {
        "tenant_id": context.tenant_id, "workflow_id": workflow_id, "user_id": context.actor_id,
    }  # fmt: skip
    if context.actor_id is not None:
        await session.execute(_MARK if is_favourite else _UNMARK, values)


async def save_parameter_set(
    session: AsyncSession,
    context: Context,
    *,
    workflow_id: UUID,
    name: str,
    values: dict[str, Any],
    now: datetime,
) -> ParameterSet:
    """Keep values of a workflow's parameters under a name.

    Raises:
        WorkflowNotFound: no such workflow.
        ParameterSetTaken: another set of it has the name.
    """
    context.demand(EDIT)
    await visible_workflow(session, context, workflow_id)
    saved = ParameterSet(
        tenant_id=context.tenant_id, id=new_id(), workflow_id=workflow_id, name=name,
        values=values, saved_by=context.actor_id, saved_at=now,
    )  # fmt: skip
    try:
        async with session.begin_nested():
            session.add(saved)
            await session.flush()
    except IntegrityError as error:
        if "parameter_set_name_uq" in str(error.orig):
            raise ParameterSetTaken from error
        raise
    event = ParameterSetSaved(aggregate_id=workflow_id, parameter_set_id=saved.id)
    await publish(session, context, event, now=now)
    return saved


async def delete_parameter_set(
    session: AsyncSession, context: Context, *, workflow_id: UUID, set_id: UUID, now: datetime
) -> None:
    """Forget saved values.

    Raises:
        WorkflowNotFound: no such workflow.
        ParameterSetNotFound: it has no such set.
    """
    context.demand(EDIT)
    await visible_workflow(session, context, workflow_id)
    query = select(ParameterSet).where(
        ParameterSet.tenant_id == context.tenant_id,
        ParameterSet.workflow_id == workflow_id,
        ParameterSet.id == set_id,
    )
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise ParameterSetNotFound
    await session.delete(found)
    await session.flush()
    event = ParameterSetDeleted(aggregate_id=workflow_id, parameter_set_id=set_id)
    await publish(session, context, event, now=now)


async def count_run(
    session: AsyncSession, context: Context, *, workflow_id: UUID, now: datetime
) -> None:
    """Note that a workflow was run; editors' entity tags stay as they are."""
    values = {"tenant_id": context.tenant_id, "workflow_id": workflow_id, "now": now}
    await session.execute(_COUNT_RUN, values)
