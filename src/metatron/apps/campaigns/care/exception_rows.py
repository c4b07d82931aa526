"""The rows of the register: locked, written to with a line of history, announced."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care.errors import ExceptionNotFound, ExceptionStepRefused
from metatron.apps.campaigns.care.exception_steps import names_from
from metatron.apps.campaigns.care.tables import ExceptionEntry, ExceptionEvidence, ExceptionRow
from metatron.apps.campaigns.events import ExceptionMoved
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish


async def lock_exception(
    session: AsyncSession, context: Context, exception_id: UUID
) -> ExceptionRow:
    """Lock and return an exception that is not closed.

    Raises:
        ExceptionNotFound: no such exception.
        ExceptionStepRefused: it is closed.
    """
    query = (
        select(ExceptionRow)
        .where(ExceptionRow.tenant_id == context.tenant_id, ExceptionRow.id == exception_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise ExceptionNotFound
    if row.state == "closed":
        raise refuse(row, "The exception is closed.")
    return row


def refuse(row: ExceptionRow, why: str) -> ExceptionStepRefused:
    """Build the refusal of a step, with the steps that are possible."""
    return ExceptionStepRefused(why, state=row.state, allowed=names_from(row.state))


async def has_evidence(session: AsyncSession, context: Context, exception_id: UUID) -> bool:
    """Tell whether an exception has any evidence."""
    query = select(
        exists().where(
            ExceptionEvidence.tenant_id == context.tenant_id,
            ExceptionEvidence.exception_id == exception_id,
        )
    )
    return bool((await session.execute(query)).scalar_one())


def write_entry(
    session: AsyncSession,
    context: Context,
    row: ExceptionRow,
    kind: str,
    now: datetime,
    **more: Any,
) -> None:
    """Add the next line of the exception's history."""
    row.entry_count += 1
    row.version += 1
    entry = ExceptionEntry(
        tenant_id=context.tenant_id,
        exception_id=row.id,
        ordinal=row.entry_count,
        kind=kind,
        actor_kind=context.actor_kind,
        actor_id=context.actor_id,
        at=now,
        **more,
    )
    session.add(entry)


async def moved(
    session: AsyncSession, context: Context, row: ExceptionRow, step: str, now: datetime
) -> ExceptionRow:
    """Flush and announce what a person did with an exception."""
    await session.flush()
    event = ExceptionMoved(aggregate_id=row.id, step=step, state=row.state, severity=row.severity)
    await publish(session, context, event, now=now)
    return row
